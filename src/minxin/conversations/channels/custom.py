"""Customer-service messages (客服消息): while she is in conversation. WeChat knows no repeat of them."""

from collections.abc import Callable

from minxin import wechat
from minxin.accounts.budgets import Budget
from minxin.accounts.models import Account
from minxin.conversations.channels.way import Post, Way
from minxin.conversations.contents import MenuContent, TextContent
from minxin.wechat.calls import messages


def _send(post: Post, client_of: Callable[[Account], wechat.Client]) -> str:
    openid = post.openid or ""
    match post.content:
        case TextContent(text):
            call = messages.text(openid, wechat.cut_text(text))
        case MenuContent(head, items, tail):
            call = messages.choices(openid, head, items, tail)
        case other:
            raise TypeError(f"not by this channel: {type(other).__name__}")
    client_of(post.account).call(call, retries=0)
    return ""


# 45015: 48 hours are over. 45047: five were sent. 48001: the account may not. 48002: she blocks.
WAY = Way(
    _send,
    holds=frozenset({45015, 45047}),
    budget=Budget.CUSTOM_MESSAGE,
    closed=frozenset({45015, 45047, 48001, 48002}),
)
