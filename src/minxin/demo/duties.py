"""What the city's accounts had to relay and to answer, at various places of its way."""

from datetime import datetime, timedelta
from typing import Any

from minxin.accounts.models import Account
from minxin.agencies.models import Agency, Staff
from minxin.demo import sheets
from minxin.demo.updates import INSPECTOR
from minxin.supervision import actions
from minxin.supervision.actions import duty_events, relaying
from minxin.supervision.actions.items import Article, keep_items
from minxin.supervision.models import DutyEvent, PublishedItem, RelayTask
from minxin.supervision.rules.clock import day_of

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
PAGE = "https://www.yunxi.example/said/%s"


def play_duties(now: datetime) -> int:
    """Give out, publish, register, some days ago; evaluate; how many tasks and events there are."""
    told: Any = sheets.script("duties")
    inspector = Staff.objects.get(username=INSPECTOR)
    touched: dict[int, Account] = {}
    for row in told["relays"]:
        touched |= {each.pk: each for each in _relay(row, inspector, now)}
    for row in told["opinions"]:
        account = _account(row["name"])
        touched[account.pk] = account
        _opinion(row, account, inspector, now)
    for row in told["requests"]:
        account = _account(row["name"])
        touched[account.pk] = account
        _request(row, account, inspector, now)
    actions.evaluate(touched.values(), now=now)
    return RelayTask.objects.count() + DutyEvent.objects.count()


def _account(name: str) -> Account:
    return Account.objects.select_related("agency").get(name=name, platform="wechat")


def _relay(row: dict[str, Any], inspector: Staff, now: datetime) -> list[Account]:
    given_at = now - row["given_days_ago"] * DAY
    accounts = [_account(name) for name in row["accounts"]]
    task = relaying.add_relay_task(
        agency=Agency.objects.get(code="yunxi"), title=row["title"], level=row["level"],
        source_url=row["source_url"], issued_by=row["issued_by"],
        due_at=now - row["due_days_ago"] * DAY, accounts=accounts, actor=inspector, now=given_at,
    )  # fmt: skip
    out = [(name, row["title"], days) for name, days in row["done"].items()]
    out += [(name, title, 0) for name, title in row["alike"].items()]
    keep_items(
        (_article(name, title, now - days * DAY + HOUR, now) for name, title, days in out), now=now
    )
    relaying.match_relays(task, actor=inspector, now=now)
    return accounts


def _article(name: str, title: str, at: datetime, now: datetime) -> Article:
    account, at = _account(name), min(at, now - HOUR / 2)
    return Article(
        account_id=account.pk, source=PublishedItem.Source.IMPORT, external_id=f"demo-{title}",
        title=title, text=f"{title}。请市民互相转告。", published_at=at,
        url=PAGE % f"{account.pk}-{at:%Y%m%d}",
    )  # fmt: skip


def _opinion(row: dict[str, Any], account: Account, inspector: Staff, now: datetime) -> None:
    known = now - row["known_days_ago"] * DAY
    event = duty_events.register_opinion(
        account, title=row["title"], is_grave=row["is_grave"], known_at=known, actor=inspector,
        now=known,
    )  # fmt: skip
    hours = row["first_word_after_hours"]
    if hours is not None:
        at = known + hours * HOUR
        duty_events.record_first_word(
            event, at=at, link=PAGE % f"word-{event.pk}", actor=inspector, now=at
        )


def _request(row: dict[str, Any], account: Account, inspector: Staff, now: datetime) -> None:
    received = now - row["received_days_ago"] * DAY
    duty_events.register_request(
        account, number=row["number"], received_on=day_of(received), received_how="online",
        actor=inspector, now=received,
    )  # fmt: skip
