"""Articles whose comments are asked for: how they become known, without anybody pressing anything.

WeChat names an article to its comments by `msg_data_id` and `index`. Three places tell these: the answer to
a publication or a mass message that we submitted, the figures of the day after (`supervision`), and nothing
else. The events of publishing carry other numbers and addresses (PUBLISHJOBFINISH: `publish_id`;
MASSSENDJOBFINISH: `MsgID`), so an event finds its articles only where we submitted the job; what was written
on mp.weixin.qq.com is known by the figures of the day after.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from minxin.accounts.models import Account
from minxin.conversations.models.comments import CommentedArticle
from minxin.conversations.rules.comments import next_look

# A submitted article is asked for then, should its event never come (accounts without a callback). Ours.
WITHOUT_EVENT = timedelta(minutes=10)
PUBLISHED, RUNNING, SENT = "0", "1", "send success"


@dataclass(frozen=True, slots=True)
class Article:
    """An article as whoever learned of it tells: `place` is WeChat's `index`, from 0. `is_open`: whether its
    comments are open, where that is known."""

    data_id: int
    place: int
    title: str
    url: str
    published_at: datetime
    is_open: bool | None = None


@transaction.atomic
def keep_articles(account: Account, articles: Iterable[Article], *, now: datetime) -> None:
    """Ask for the comments of these from now on; one that is known keeps what it has, and gets the title and
    the address it lacked. Not audited: it follows from what was published."""
    told = list(articles)
    CommentedArticle.objects.bulk_create(
        (_row(account, one, now if next_look(one.published_at, now) else None) for one in told),
        ignore_conflicts=True,
    )
    known = {(one.data_id, one.place): one for one in told}
    mine = CommentedArticle.objects.filter(
        account=account, data_id__in=[one.data_id for one in told]
    )
    for row in mine.select_for_update().filter(title="").order_by("pk"):
        one = known.get((row.data_id, row.place))
        if one is not None and one.title:
            row.title, row.url = one.title[:200], row.url or one.url[:500]
            row.save(update_fields=["title", "url"])


def publish_job(number: object) -> str:
    """By which PUBLISHJOBFINISH finds what `freepublish/submit` took."""
    return f"publish:{number}"


def mass_job(number: object) -> str:
    """By which MASSSENDJOBFINISH finds what a mass message brought."""
    return f"mass:{number}"


def keep_submitted(
    account: Account, job: str, data_id: int, titles: Sequence[str], *, is_open: bool | None = None,
    now: datetime,
) -> None:  # fmt: skip
    """We submitted these articles, in their order; they are asked for when WeChat reports that they are out,
    or after `WITHOUT_EVENT`. `job`: `publish_job` or `mass_job` of the number WeChat gave. Once."""
    if not data_id:  # WeChat tells it of articles alone
        return
    due_at = now + WITHOUT_EVENT
    rows = [
        _row(account, Article(data_id, place, title, "", now, is_open), due_at, job[:80])
        for place, title in enumerate(titles)
    ]
    CommentedArticle.objects.bulk_create(rows, ignore_conflicts=True)


def _row(
    account: Account, one: Article, due_at: datetime | None, job: str = ""
) -> CommentedArticle:
    return CommentedArticle(
        account=account, data_id=one.data_id, place=one.place, title=one.title[:200],
        url=one.url[:500], published_at=one.published_at, due_at=due_at, is_open=one.is_open, job=job,
    )  # fmt: skip


def note_published(rows: Sequence[Mapping[str, Any]], *, now: datetime) -> int:
    """What events tell of jobs we submitted: their articles are out and asked for now, or never came out;
    how many jobs. `rows` as `queries.messages_after` gives them. Twice changes nothing."""
    return sum(_note(row, row["data"] or {}, now) for row in rows if row["kind"] in _READERS)


@transaction.atomic
def _note(row: Mapping[str, Any], data: Mapping[str, Any], now: datetime) -> bool:
    job, is_out, trouble, told = _READERS[row["kind"]](data)
    if not job or is_out is None:
        return False
    mine = CommentedArticle.objects.select_for_update().filter(account=row["account_id"], job=job)
    known = {one.place: one for one in mine.order_by("pk")}
    if not known:
        return False
    if not is_out:
        mine.filter(looked_at=None).update(due_at=None, trouble=trouble[:300])
        return True
    addresses = dict(_addresses(told))
    for place, one in known.items():
        if one.looked_at is None:
            one.published_at, one.due_at, one.trouble = row["said_at"], now, ""
        one.url = one.url or addresses.get(place, "")[:500]
        one.save(update_fields=["published_at", "due_at", "trouble", "url"])
    first = next(iter(known.values()))
    more = (
        _row(first.account, Article(first.data_id, place, "", url, row["said_at"]), now, job)
        for place, url in addresses.items()
        if place not in known
    )
    CommentedArticle.objects.bulk_create(more, ignore_conflicts=True)
    return True


_Read = tuple[
    str, bool | None, str, Any
]  # job, whether it is out (None: not over), why not, addresses


def _published(data: Mapping[str, Any]) -> _Read:
    """PUBLISHJOBFINISH: 0 published, 1 running, the rest did not come out."""
    number, status = data.get("publish_id"), str(data.get("status"))
    is_out = None if status == RUNNING else status == PUBLISHED
    words = _("微信报告没有发布成功，没有留言可读。")
    return publish_job(number) if number else "", is_out, words, data.get("detail")


def _mass(data: Mapping[str, Any]) -> _Read:
    """MASSSENDJOBFINISH: `send success`, or the reason why it went to nobody."""
    number, is_out = data.get("message_id"), data.get("status") == SENT
    words = _("微信报告群发没有成功，没有留言可读。")
    return mass_job(number) if number else "", is_out, words, data.get("articles")


_READERS = {"Published": _published, "MassSent": _mass}


def _addresses(value: Any) -> Iterator[tuple[int, str]]:
    """Place (from 0) and address of each article, however deep WeChat nests them."""
    if isinstance(value, Mapping):
        place = value.get("idx", value.get("ArticleIdx"))
        url = value.get("article_url", value.get("ArticleUrl"))
        if isinstance(url, str) and str(place).isdecimal() and 0 < int(str(place)) < 100:
            yield int(str(place)) - 1, url
        value = list(value.values())
    if isinstance(value, list | tuple):
        for each in value:
            yield from _addresses(each)
