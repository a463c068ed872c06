"""An article under which citizens wrote: two comments chosen, one of them answered, one abusive, the rest
waiting for somebody."""

import time
from datetime import datetime
from typing import Any

import httpx

from minxin.accounts.models import Account
from minxin.accounts.queries import client_for
from minxin.agencies.models import Staff
from minxin.conversations import commenting
from minxin.conversations.actions import comments as actions
from minxin.conversations.models import Comment, CommentAct, CommentedArticle
from minxin.demo import sheets
from minxin.demo.playing import PATIENCE, JourneyFailed, simulator
from minxin.demo.updates import publish

AGENT = "wangfang"


def play_comments(account: Account, now: datetime) -> int:
    """Publish, let citizens write, have an agent act; how many comments there are."""
    told: Any = sheets.script("comments")
    submitted = publish(client_for(account), account, told["title"], told["content"], now)
    with simulator() as http:
        slug = _slug(http, account, told["title"])
        for row in told["comments"]:
            _write(http, slug, _citizen(http, account, row["who"]), row["text"])
    article = CommentedArticle.objects.select_related("account__agency").get(
        account=account, data_id=submitted.msg_data_id
    )
    commenting.look(article, now=now)
    agent = Staff.objects.get(username=AGENT)
    for row in told["comments"]:
        _handle(Comment.objects.get(article=article, text=row["text"]), row, agent, now)
    return article.comments.count()


def _slug(http: httpx.Client, account: Account, title: str) -> str:
    """Where it is read, once WeChat has published it."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        found = http.get("/sim/articles", params={"app_id": account.app_id or ""}).json()
        for each in found:
            if each["title"] == title:
                return str(each["slug"])
        time.sleep(0.3)
    raise JourneyFailed(f"{title} was not published")


def _citizen(http: httpx.Client, account: Account, nickname: str) -> int:
    """Her phone; she follows the account."""
    for _attempt in range(2):
        for each in http.get("/sim/citizens", params={"search": nickname}).json():
            if each["nickname"] == nickname:
                return int(each["id"])
        body = {"app_id": account.app_id, "nickname": nickname, "silent": True}
        http.post("/sim/followers", json=body).raise_for_status()
    raise JourneyFailed(f"{nickname} has no phone")


def _write(http: httpx.Client, slug: str, citizen: int, text: str) -> None:
    body = {"citizen": citizen, "content": text}
    answer = http.post(f"/sim/articles/{slug}/comments", json=body)
    if not answer.is_success:
        raise JourneyFailed(f"the comment: {answer.status_code} {answer.text[:300]}")


def _handle(comment: Comment, row: dict[str, Any], agent: Staff, now: datetime) -> None:
    """As an agent would, one act after the other: each waits for the one before."""
    kinds = CommentAct.Kind
    for name, kind, text in (
        ("elect", kinds.ELECT, ""),
        ("reply", kinds.REPLY, row.get("reply", "")),
    ):
        if row.get(name):
            key = f"demo-{name}-{comment.pk}"
            actions.ask(comment, kind, text=text, key=key, actor=agent, now=now)
            commenting.carry_out_due(now=now)
    if row.get("note"):
        key = f"demo-note-{comment.pk}"
        actions.note_comment(comment, row["note"], key=key, actor=agent, now=now)
    if row.get("done"):
        comment.refresh_from_db()
        actions.set_done(comment, is_done=True, actor=agent, now=now)
