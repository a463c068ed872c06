"""Template messages (模板消息) of verified service accounts, to every follower at any time."""

from collections.abc import Callable

from minxin import wechat
from minxin.accounts.budgets import Budget
from minxin.accounts.models import Account
from minxin.conversations.channels.way import Post, Way
from minxin.conversations.contents import TemplateContent
from minxin.conversations.rules import TEMPLATE_KNOWN
from minxin.wechat.calls import templates


def _send(post: Post, client_of: Callable[[Account], wechat.Client]) -> str:
    assert isinstance(post.content, TemplateContent)  # noqa: S101  (the channel follows the content)
    content = post.content
    call = templates.send(
        post.openid or "", content.template_id, content.data, url=content.url,
        client_msg_id=post.id_for_wechat,
    )  # fmt: skip
    return str(client_of(post.account).call(call, retries=0).msgid)


# 43004: she does not follow. 43101: she refused. 43117: too often to her. 48001: may not.
WAY = Way(
    _send,
    repeatable=TEMPLATE_KNOWN,
    budget=Budget.TEMPLATE_MESSAGE,
    closed=frozenset({43004, 43101, 43117, 48001, 48002}),
)
