"""What the city's accounts published: the connected ones through WeChat's own interface, the others as
an inspector saw it on their pages, yesterday and today."""

import struct
import zlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from minxin.accounts.models import Account
from minxin.accounts.queries import client_for
from minxin.agencies.models import Staff
from minxin.conversations.actions.comment_articles import keep_submitted, publish_job
from minxin.demo import sheets
from minxin.supervision import actions
from minxin.supervision.queries import supervised
from minxin.supervision.rules.clock import day_of
from minxin.wechat import Client, File, calls
from minxin.wechat.calls.drafts import Article

INSPECTOR, REPORTER = "huangwei", "wulei"
DAY = timedelta(days=1)


def publish_articles(accounts: Sequence[Account], now: datetime) -> int:
    """One article of each connected account, as its unit would; WeChat reports each to our gateway."""
    for account in accounts:
        words = f"<p>{account.name}本周的工作安排和办事提示。</p>"
        publish(client_for(account), account, f"{account.name}本周工作动态", words, now)
    return len(accounts)


def publish(
    client: Client, account: Account, title: str, content: str, now: datetime
) -> calls.publishing.Submitted:
    """An article with open comments, submitted and known as such."""
    cover = client.call(calls.materials.add("image", File("封面.png", plain_picture())))
    article = Article(
        title=title, content=content, thumb_media_id=cover.media_id, need_open_comment=1
    )
    draft = client.call(calls.drafts.add([article]))
    submitted = client.call(calls.publishing.submit(draft.media_id))
    job = publish_job(submitted.publish_id)
    keep_submitted(account, job, submitted.msg_data_id, [title], is_open=True, now=now)
    return submitted


def plain_picture(width: int = 90, height: int = 38) -> bytes:
    """A cover in the console's ink blue."""
    line = b"\0" + bytes((0x1F, 0x4E, 0x79)) * width
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = ((b"IHDR", header), (b"IDAT", zlib.compress(line * height)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
        for name, body in parts
    )


def play_updates(now: datetime) -> int:
    """An inspector looks at every page, yesterday and today; how many evaluations there are."""
    known = {(each.name, each.platform): each for each in supervised()}
    inspector = Staff.objects.get(username=INSPECTOR)
    for at in (now - DAY, now):
        for row in sheets.script("updates"):
            _look(known[row["name"], row["platform"]], row, inspector, at, now)
        if at == now:
            _report(known, now)
        actions.evaluate(known.values(), now=at)
    return len(known)


def _look(
    account: Account, row: dict[str, Any], inspector: Staff, at: datetime, now: datetime
) -> None:
    newest = day_of(now) - timedelta(days=int(row["newest_days_ago"]))
    if newest > day_of(at):
        return  # it came out today
    actions.record_seen(
        account, newest_on=newest, title=row["title"], link=_link(account), seen_at=at,
        actor=inspector, now=at,
    )  # fmt: skip


def _report(known: dict[tuple[str, str], Account], now: datetime) -> None:
    """What a unit says of itself and no inspector saw."""
    reporter = Staff.objects.get(username=REPORTER)
    for row in sheets.script("updates"):
        if "reported_days_ago" in row:
            account = known[row["name"], row["platform"]]
            newest = day_of(now) - timedelta(days=int(row["reported_days_ago"]))
            actions.record_seen(
                account, newest_on=newest, title="政策问答", link=_link(account), seen_at=now,
                actor=reporter, now=now,
            )  # fmt: skip


def _link(account: Account) -> str:
    return f"https://www.yunxi.example/accounts/{account.platform}/{account.pk}"
