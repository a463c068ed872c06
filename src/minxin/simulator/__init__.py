"""The local WeChat: pushes, tokens, messages, menus, web authorisation, and a phone on screen.

Faithful, not canned: what is posted can be read back, quotas count down, tokens run out by its
clock. Production code cannot tell it from Tencent.
"""

from minxin.simulator.application import create_app
from minxin.simulator.serving import serve

__all__ = ["create_app", "serve"]
