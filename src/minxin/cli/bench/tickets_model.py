"""The city of `minxin bench tickets`, made up in a database: a documented model.

Forty agencies under one city, thirty categories, one account, a citizen for every five tickets. Tickets come
in evenly over two years; of those older than fifteen days 99 in 100 are closed and the rest still open, of
the younger ones half are open. One in fifty is late. Each ticket's text is two to five sentences of a small
grammar with its own street and house number. Every ticket has five steps and ten ledger entries (filed,
signed, three stops with their resumptions, an end; the last two are reminders). Draws come from one seed:
a size gives the same city every time, but for the numbers, which are secrets by design.
"""

import json
import random
import sys
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connection, models
from django.test import Client

from minxin.accounts.models import Account
from minxin.agencies import actions as agencies
from minxin.agencies.models import Agency, Staff
from minxin.agencies.rules import Role
from minxin.citizens.actions import Meeting, meet_many
from minxin.citizens.identity import key_of
from minxin.citizens.models import Citizen
from minxin.cli.bench.rooms import one_account
from minxin.core.actors import System
from minxin.core.ids import ticket_number
from minxin.portal.sign_in import CITIZENS
from minxin.tickets.actions.figures import keep_months, write_facts
from minxin.tickets.indexing import keep_index, keep_words
from minxin.tickets.models import Category, LedgerEntry, Nature, Ticket, TicketEvent
from minxin.tickets.queries.figures.gathering import tickets_after
from minxin.tickets.queries.neighbours import SETTLED

APP_ID = "wxbench0123456789a"
AGENCIES, CATEGORIES, AGENTS, READERS = 40, 30, 20, 5
DAYS = 730
CHUNK = 5_000
_STREETS = ("临河路", "青石巷", "望山街", "长桥路", "稻香街", "北塘路", "松云巷", "渡口街")
_MATTERS = (
    "路灯不亮", "下水道堵塞", "夜间施工噪声大", "垃圾没有人清运", "公交车不按时到站", "自来水水压不足",
    "电梯经常停运", "路面坑洼积水", "占道经营严重", "树枝挡住红绿灯", "停车收费不公示", "暖气温度不够",
)  # fmt: skip
_WHEN = ("从上周开始", "已经半个月", "每天晚上十点以后", "昨天下雨以后", "最近三天", "春节以后")
_WISH = (
    "请派人来看一下。", "希望尽快处理。", "请问由哪个单位负责？", "附近的老人出行很不方便。",
    "之前打过电话，还没有结果。", "请给一个明确的时间。", "孩子上学要经过这里，不安全。",
)  # fmt: skip
_STEPS = ("filed", "accepted", "signed", "answered", "closed")
_ENTRIES = (
    ("start", 0), ("sign", 2), ("stop", 20), ("resume", 30), ("reminder", 31),
    ("stop", 40), ("resume", 44), ("extension", 46), ("reminder", 50), ("end", 60),
)  # fmt: skip


def fill(count: int) -> None:
    """Fill the empty database of this process."""
    draw, now = random.Random(5), datetime.now(UTC)
    account = one_account(APP_ID, secret="s" * 32, token="bencht0ken", aes_key="b" * 43)  # noqa: S106
    units = _offices(account.agency, now)
    categories = [
        Category.objects.create(code=f"bench-{n}", name=f"{matter}{n}", agency=units[n % AGENCIES])
        for n, matter in enumerate((_MATTERS * 3)[:CATEGORIES])
    ]
    keys = _citizens(account, max(count // 5, READERS), now)
    _tickets(count, draw, now, account, units, categories, keys)
    _histories()
    for keep in (keep_index, keep_words):
        while not keep(now=datetime.now(UTC) + SETTLED):
            pass
    _facts()
    if connection.vendor == "postgresql":  # it would soon do so by itself; SQLite never does
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")


def sign_in() -> None:
    """Sign in who is to look at a filled city; prints as JSON who they are, with what cookies. What a worker
    would have kept up meanwhile is kept up: a city from before knows no months."""
    keep_months(now=datetime.now(UTC))
    account = Account.objects.get(app_id=APP_ID)
    staff = [Staff.objects.get(username=f"agent{n}") for n in range(AGENTS)]
    readers = [{"cookies": _citizen_session(account, key), "key": key} for key in _keys(READERS)]
    told = {
        "app_id": APP_ID,
        "agents": [{"name": each.username, "cookies": _staff_session(each)} for each in staff],
        "readers": readers,
    }
    print(json.dumps(told))


def _offices(city: Agency, now: datetime) -> list[Agency]:
    """Forty agencies; twenty people: one who sees the whole city, nineteen in agencies of theirs."""
    actor = System("bench")
    units = [
        agencies.add_agency(
            code=f"unit-{n}", name=f"第{n}办事单位", parent=city, region_code="990100",
            actor=actor, now=now,
        )
        for n in range(1, AGENCIES + 1)
    ]  # fmt: skip
    for n in range(AGENTS):
        agencies.add_staff(
            username=f"agent{n}", name=f"坐席{n}", agency=units[n] if n else city, role=Role.AGENT,
            password="bench-Password-2026", must_change_password=False, accept_any_password=True,  # noqa: S106
            actor=actor, now=now,
        )  # fmt: skip
    return units


def _keys(count: int) -> list[str]:
    return [key_of(APP_ID, _openid(n)) for n in range(count)]


def _openid(n: int) -> str:
    return f"oBench{n:022d}"


def _citizens(account: Account, count: int, now: datetime) -> list[str]:
    keys = _keys(count)
    met = [Meeting(key, account.pk, _openid(n), now) for n, key in enumerate(keys[:READERS])]
    meet_many(met, now=now)
    # The others only have to be there: without the encrypted openid, which costs more than the row.
    Citizen.objects.bulk_create(
        (Citizen(key=key, account=account, first_seen_at=now) for key in keys[READERS:]),
        batch_size=CHUNK,
    )
    return keys


def _tickets(
    count: int,
    draw: random.Random,
    now: datetime,
    account: Account,
    units: list[Agency],
    categories: list[Category],
    keys: list[str],
) -> None:
    natures = [each.value for each in Nature]
    since, numbers = now - timedelta(days=DAYS), _numbers(count)
    rows: list[Ticket] = []
    for n in range(count):
        filed = since + timedelta(days=DAYS) * (n / count)
        category = categories[draw.randrange(CATEGORIES)]
        age = now - filed
        is_open = draw.random() < (0.01 if age.days > 15 else 0.5)
        due = filed + timedelta(days=draw.choice((3, 7, 15)))
        answered = filed + (due - filed) * (1.2 if draw.random() < 0.02 else draw.random())
        is_over = not is_open and answered < now
        rows.append(
            Ticket(
                number=next(numbers), key=f"bench:{n}", account=account,
                citizen_id=keys[n % len(keys)], agency=category.agency or units[0],
                category=category, nature=natures[draw.randrange(len(natures))],
                source="portal", text=_text(draw), place=draw.choice(_STREETS),
                status="closed" if is_over else draw.choice(("submitted", "assigned", "signed")),
                answer="已派人到现场处理，感谢您的反映。" if is_over else "",
                filed_at=filed, promised_at=due, promised_words="按时答复", due_at=due,
                answered_at=answered if is_over else None,
                closed_at=answered if is_over else None,
            )
        )  # fmt: skip
        if len(rows) == CHUNK:
            Ticket.objects.bulk_create(rows)
            rows.clear()
            if n % 100_000 < CHUNK:
                print(f"{n + 1} tickets ...", file=sys.stderr)
    Ticket.objects.bulk_create(rows)


def _numbers(count: int) -> Any:
    made: set[str] = set()
    while len(made) < count:
        made.add(ticket_number())
    return iter(made)


def _text(draw: random.Random) -> str:
    words = [
        f"{draw.choice(_STREETS)}{draw.randrange(1, 900)}号{draw.choice(_MATTERS)}，"
        f"{draw.choice(_WHEN)}就这样了。"
    ]
    words += draw.sample(_WISH, draw.randint(1, 4))
    return "".join(words)


def _histories() -> None:
    """Steps and ledger entries of every ticket, made by the database itself: ten million rows are too
    many for objects. A column these lines do not know gets the model's own default."""
    hour = "ticket.filed_at" if connection.vendor == "postgresql" else "datetime(ticket.filed_at"
    with connection.cursor() as cursor:
        for order, verb in enumerate(_STEPS):
            known = {"ticket_id": "ticket.id", "at": _later(hour, order * 12),
                     "verb": f"'{verb}'", "agency_id": "ticket.agency_id"}  # fmt: skip
            _insert(cursor, TicketEvent, known)
        for kind, hours in _ENTRIES:
            reason = "'citizen'" if kind == "stop" else "''"
            known = {"ticket_id": "ticket.id", "at": _later(hour, hours), "kind": f"'{kind}'",
                     "agency_id": "ticket.agency_id", "actor_kind": "'system'",
                     "actor_name": "'bench'", "stop_reason": reason, "reason": "'依据规定'",
                     "due_at": "ticket.due_at"}  # fmt: skip
            _insert(cursor, LedgerEntry, known)


def _facts() -> None:
    """The rows that figures count, by the function that keeps them."""
    at = 0
    while numbers := tickets_after(at, CHUNK):
        write_facts(numbers)
        at = numbers[-1]
    keep_months(now=datetime.now(UTC))


def _later(hour: str, hours: int) -> str:
    """Some hours after the filing, in the dialect of the database."""
    if connection.vendor == "postgresql":
        return f"{hour} + interval '{hours} hours'"
    return f"{hour}, '+{hours} hours')"


def _insert(cursor: Any, model: type[models.Model], known: dict[str, str]) -> None:
    columns, values, given = [], [], []
    for field in model._meta.concrete_fields:
        if field.primary_key:
            continue
        columns.append(connection.ops.quote_name(str(field.column)))
        if field.column in known:
            values.append(known[str(field.column)])
        else:
            values.append("%s")
            given.append(field.get_db_prep_save(field.get_default(), connection))
    ours, theirs = model._meta.db_table, Ticket._meta.db_table
    words = (
        f"INSERT INTO {ours} ({', '.join(columns)}) SELECT {', '.join(values)} "  # noqa: S608
        f"FROM {theirs} AS ticket ORDER BY ticket.id"
    )
    cursor.execute(words, given)
    print(f"{cursor.rowcount} rows of {ours}", file=sys.stderr)


def _staff_session(staff: Staff) -> dict[str, str]:
    client = Client()
    client.force_login(staff)
    return {name: morsel.value for name, morsel in client.cookies.items()}


def _citizen_session(account: Account, key: str) -> dict[str, str]:
    client = Client()
    session = client.session
    session[CITIZENS] = {account.app_id: key}
    session.save()
    return {name: morsel.value for name, morsel in client.cookies.items()}
