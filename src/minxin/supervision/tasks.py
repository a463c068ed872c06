"""Asking WeChat what accounts published, in workers. No transaction is open meanwhile."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext as _
from django_tasks import task

from minxin import wechat
from minxin.accounts.models import Account
from minxin.accounts.queries import checkable, client_for, obstacle
from minxin.accounts.quotas import BudgetSpent
from minxin.accounts.rules import Capability
from minxin.conversations.actions.comments import Article as Commented
from minxin.conversations.actions.comments import keep_articles
from minxin.core.actors import System
from minxin.core.errors import Refused
from minxin.supervision import actions, counting
from minxin.supervision.actions import Item
from minxin.supervision.actions.items import Article, keep_items
from minxin.supervision.actions.relaying import match_all_relays
from minxin.supervision.links import open_link
from minxin.supervision.models import Coverage, Evaluation, LinkLook, PublishedItem
from minxin.supervision.queries import supervised
from minxin.supervision.rules.clock import day_of, midnight
from minxin.supervision.rules.looking import text_of_html
from minxin.supervision.rules.sources import Kind, Source
from minxin.wechat import calls
from minxin.wechat.calls.analytics import BEGAN

log = logging.getLogger("minxin.supervision")
FIRST_LOOK = timedelta(days=35)  # how far back a source is asked the first time
OVERLAP = timedelta(days=2)
MOST_PAGES = 50
ACCOUNTS_A_TASK = 20
NEW_AT_ONCE = 1000  # the schedule has other things to do; the rest is taken at the next strike


def read_account(
    account: Account, *, now: datetime, client: wechat.Client | None = None
) -> list[Source]:
    """Ask WeChat's interfaces what the account published since they were last asked; which answered.

    A source that cannot be asked leaves its reason with its look and does not keep the others from it.
    """
    answered = []
    for source, needs, read in (
        (Source.PUBLISHED_LIST, Capability.PUBLISH, read_published_list),
        (Source.ARTICLE_FIGURES, Capability.FIGURES, read_article_figures),
    ):
        try:
            read(account, client or client_for(account), now)
            answered.append(source)
        except wechat.WeChatError as error:
            found = wechat.explain(error.code)
            words = _("微信没有答（%(code)s）：%(meaning)s") % {
                "code": error.code,
                "meaning": _(found.meaning),
            }
            actions.note_failure(account, source, obstacle(account, needs) or words, now=now)
        except wechat.WeChatUnreachable:
            actions.note_failure(account, source, _("暂时连不上微信。"), now=now)
        except (BudgetSpent, Refused) as refusal:
            actions.note_failure(account, source, refusal.message, now=now)
    return answered


def read_published_list(account: Account, client: wechat.Client, now: datetime) -> None:
    """freepublish/batchget, newest first, back to where the last look ended.

    The list tells when an article was last updated; that is taken, for it is never before it came out.
    """
    until = _looked_until(account, Source.PUBLISHED_LIST)
    since = max(now - FIRST_LOOK, until - OVERLAP) if until else now - FIRST_LOOK
    offset = 0
    for _page in range(MOST_PAGES):
        page = client.call(calls.publishing.page(offset=offset))
        actions.keep_traces((_listed(account, each) for each in page.item), now=now)
        keep_items((each for one in page.item for each in _articles(account, one)), now=now)
        offset += page.item_count
        # By creation, where it is told: an old article that was edited still comes late in the list.
        made = [each.content.create_time or each.update_time for each in page.item]
        is_past = any(each < since.timestamp() for each in made)
        if not page.item or offset >= page.total_count or is_past:
            break
    else:
        return  # more than anybody publishes: what lies behind was not looked at
    actions.keep_look(account, Source.PUBLISHED_LIST, since=since, until=now, now=now)


def _listed(account: Account, listed: calls.publishing.Listed) -> Item:
    first = listed.content.news_item[0] if listed.content.news_item else None
    return Item(
        account_id=account.pk,
        source=Source.PUBLISHED_LIST,
        kind=Kind.PUBLISHED,
        published_at=datetime.fromtimestamp(listed.update_time, timezone.get_current_timezone()),
        external_id=listed.article_id,
        title=first.title if first else "",
        url=first.url if first else "",
    )


def _articles(account: Account, listed: calls.publishing.Listed) -> Iterator[Article]:
    """The texts of what is listed; what was deleted is not there any more."""
    made = listed.content.create_time or listed.update_time
    for place, each in enumerate(listed.content.news_item, start=1):
        if not each.is_deleted and each.content:
            yield Article(
                account_id=account.pk,
                source=PublishedItem.Source.INTERFACE,
                external_id=f"{listed.article_id}#{place}",
                title=each.title,
                text=text_of_html(each.content),
                published_at=datetime.fromtimestamp(made, timezone.get_current_timezone()),
                url=each.url,
                trace_id=listed.article_id,
            )


def read_article_figures(account: Account, client: wechat.Client, now: datetime) -> None:
    """datacube/getarticletotaldetail, one day a call, up to yesterday; nothing before 2025-11-01.

    That it lists every article of a day, read or not, is our reading; no real account was asked yet. A
    person looks at the page before a violation is one.

    A day whose figures WeChat calls incomplete (`is_delay`) ends the look: it is asked again tomorrow.
    """
    until = _looked_until(account, Source.ARTICLE_FIGURES)
    day = max(day_of(until) if until else day_of(now - FIRST_LOOK), BEGAN)
    while day < day_of(now):
        rows = client.call(calls.analytics.article_totals(day))
        actions.keep_traces(_figured(account, rows.list, day), now=now)
        keep_articles(account, _commented(rows.list, day), now=now)
        if rows.is_delay:
            break
        following = day + timedelta(days=1)
        actions.keep_look(
            account, Source.ARTICLE_FIGURES, since=midnight(day), until=midnight(following), now=now
        )
        day = following


def _figured(account: Account, rows: Iterable[dict[str, Any]], day: date) -> Iterable[Item]:
    for row in rows:
        try:
            on = date.fromisoformat(str(row.get("ref_date", day)))
        except ValueError:
            on = day
        yield Item(
            account_id=account.pk,
            source=Source.ARTICLE_FIGURES,
            kind=Kind.PUBLISHED if str(row.get("publish_type")) == "1" else Kind.PUSHED,
            published_at=midnight(on + timedelta(days=1)) - timedelta(seconds=1),
            external_id=str(row.get("msgid") or f"{on} {row.get('title', '')}"),
            title=str(row.get("title", "")),
            url=str(row.get("content_url", "")),
            is_day_only=True,
        )


def _commented(rows: Iterable[dict[str, Any]], day: date) -> Iterable[Commented]:
    """The articles whose comments can be asked for: `msgid` is `msgdataid_idx`, the latter from 1."""
    for row in rows:
        data_id, _, index = str(row.get("msgid", "")).partition("_")
        if data_id.isdecimal() and index.isdecimal() and 0 < int(index) < 100:
            title, url = str(row.get("title", "")), str(row.get("content_url", ""))
            yield Commented(int(data_id), int(index) - 1, title, url, midnight(day))


def _looked_until(account: Account, source: Source) -> datetime | None:
    rows = Coverage.objects.filter(account=account, source=source.value).order_by("-until")
    newest = next((each for each in rows if each.since < each.until), None)
    return newest.until if newest else None


# The night ---------------------------------------------------------------------------------------


def read_all() -> int:
    """Let workers read and evaluate every connected account, some accounts a task; how many."""
    numbers = list(checkable().values_list("pk", flat=True))
    for first in range(0, len(numbers), ACCOUNTS_A_TASK):
        read_accounts.enqueue(numbers[first : first + ACCOUNTS_A_TASK])
    return len(numbers)


@task()
def read_accounts(numbers: list[int]) -> None:
    """The task queue's way in. An account that breaks does not keep the others from it."""
    for account in supervised().filter(pk__in=numbers):
        try:
            now = timezone.now()
            read_account(account, now=now)
            actions.evaluate([account], now=now)
        except Exception:
            log.exception("the updates of account %s", account.pk)


def evaluate_all(*, now: datetime) -> int:
    """Match what was relayed, then evaluate every account; how many."""
    match_all_relays(actor=System("relays"), now=now)
    return actions.evaluate(supervised(), now=now)


def evaluate_new(*, now: datetime) -> int:
    """Evaluate the accounts that never were, as those of a sheet just imported; how many. What may be
    wrong with them is for the morning to find: until then the sheet can be taken back whole."""
    known = Evaluation.objects.filter(account=OuterRef("pk"))
    return actions.evaluate(
        supervised().filter(~Exists(known))[:NEW_AT_ONCE], now=now, accuses=False
    )


# Figures -------------------------------------------------------------------------------------------


def keep_figures() -> None:
    """Let a worker bring the daily figures up to date."""
    count_figures.enqueue()


def wake_figures() -> bool:
    """The same while they were never complete and nobody is at it; whether it was so."""
    is_due = counting.is_due()
    if is_due:
        keep_figures()
    return is_due


@task()
def count_figures() -> None:
    """The task queue's way in; what is long is done in turns with the other tasks."""
    if not counting.count(now=timezone.now()):
        keep_figures()


# Links ---------------------------------------------------------------------------------------------


def look_at_links(looks: Iterable[LinkLook]) -> None:
    """Let a worker open these addresses."""
    numbers = [look.pk for look in looks]
    transaction.on_commit(lambda: open_links.enqueue(numbers))


@task()
def open_links(numbers: list[int]) -> None:
    """The task queue's way in; no transaction is open while the other side is asked."""
    for look in LinkLook.objects.filter(pk__in=numbers, looked_at=None):
        actions.keep_link_look(look, open_link(look.url), now=timezone.now())
