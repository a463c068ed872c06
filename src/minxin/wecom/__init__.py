"""企业微信's protocol, as far as reminders to staff need it: an application's message, a group's robot.

No Django. 政务微信 and other private installations answer the same calls at an address of their own
(`base_url`). State comes in through `TokenStore`; outside services are replaced at the transport.
"""

from minxin.wecom._client import BASE_URL, Client, Robot, is_good_key
from minxin.wecom._errors import Meaning, WecomError, WecomUnreachable, Whose, explain
from minxin.wecom._tokens import MemoryTokenStore, Token, TokenStore

__all__ = [
    "BASE_URL",
    "Client",
    "Meaning",
    "MemoryTokenStore",
    "Robot",
    "Token",
    "TokenStore",
    "WecomError",
    "WecomUnreachable",
    "Whose",
    "explain",
    "is_good_key",
]
