"""WeChat's own paths: tokens, messages, users, menus, media, web authorisation."""

from minxin.simulator.api.routes import ROUTES

__all__ = ["ROUTES"]
