"""Subscription notices (订阅通知): one per consent, or as long as she wishes. No repeat is known."""

from collections.abc import Callable

from minxin import wechat
from minxin.accounts.budgets import Budget
from minxin.accounts.models import Account
from minxin.conversations.channels.way import Post, Way
from minxin.conversations.contents import SubscriptionContent
from minxin.wechat.calls import subscriptions


def _send(post: Post, client_of: Callable[[Account], wechat.Client]) -> str:
    assert isinstance(post.content, SubscriptionContent)  # noqa: S101  (the channel follows)
    content = post.content
    call = subscriptions.send(
        post.openid or "", content.template_id, content.data, page=content.page
    )
    client_of(post.account).call(call, retries=0)
    return ""


# 43101: no consent, or it is used up. 48001: the account may not.
WAY = Way(_send, closed=frozenset({43101, 43004, 48001}), budget=Budget.SUBSCRIBE_NOTICE)
