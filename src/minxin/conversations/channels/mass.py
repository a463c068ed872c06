"""Mass messages (群发). WeChat knows a repeat by `clientmsgid`, for good: 45065."""

from collections.abc import Callable
from datetime import timedelta

from minxin import wechat
from minxin.accounts.models import Account
from minxin.conversations.articles import keep_submitted, mass_job
from minxin.conversations.channels.way import Post, Way
from minxin.conversations.contents import MassContent
from minxin.wechat.calls import mass


def _send(post: Post, client_of: Callable[[Account], wechat.Client]) -> str:
    assert isinstance(post.content, MassContent)  # noqa: S101  (the channel follows the content)
    one, key = post.content, post.id_for_wechat
    if one.kind == "text":
        content = mass.Content(kind="text", text=one.value)
    else:
        content = mass.Content(kind=one.kind, media_id=one.value)
    if one.tag is None:
        call = mass.to_all(content, clientmsgid=key)
    else:
        call = mass.to_tag(one.tag, content, clientmsgid=key)
    sent = client_of(post.account).call(call, retries=0)
    if one.kind == "mpnews":
        # How many there are and what they are called, its event and the figures of the next day tell.
        job = mass_job(sent.msg_id)
        keep_submitted(post.account, job, sent.msg_data_id, [""], now=post.now)
    return str(sent.msg_id)


# 45028: no mass message is left.
WAY = Way(
    _send,
    repeatable=timedelta(days=1),
    already=frozenset({45065}),
    spent=frozenset({45009, 45028}),
)
