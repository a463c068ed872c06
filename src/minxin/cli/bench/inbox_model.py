"""The conversations of `minxin bench inbox`, made up in a database: a documented model.

One city with ten units; the city's account has half of the open conversations, the units' accounts the
rest. Of the open ones a third waits for a person, a third is attended, a third is answered and waited for.
Each has its messages over the last two days: of ten, six are the citizen's (one of them a picture, one a
voice, one a place), two the machine's, two of staff; two notes and two tags. A closed one has two messages
and was closed within the last year. Draws come from one seed: a size gives the same rows every time.
"""

import json
import random
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from minxin.accounts import actions as accounts
from minxin.accounts.models import Account
from minxin.agencies import actions as agencies
from minxin.agencies.models import Agency, Staff
from minxin.agencies.rules import Role
from minxin.citizens.actions import Meeting, meet_many
from minxin.citizens.identity import key_of
from minxin.citizens.models import Citizen
from minxin.cli.bench.load import APP_ID, SECRETS
from minxin.cli.bench.rooms import one_account
from minxin.conversations.archive import keep_archive
from minxin.conversations.models import (
    Cursor,
    Dialogue,
    Message,
    Note,
    Outgoing,
    Sender,
    Tag,
    Tagging,
)
from minxin.core.actors import System
from minxin.gateway.consequences import CONSEQUENCES

UNITS = 10
CHUNK = 2_000
# What an open page fetches by itself, and how it says so (`frontend/console/live.js`).
PARTS = frozenset({"people", "thread", "counts"})
LIVE = {"HX-Request": "true", "X-Live": "1"}
_WORDS = (
    "我家楼下的路灯坏了三天，晚上很黑，请问什么时候能修好？", "请问办理居住证需要带哪些材料？",
    "上次反映的井盖还没有人来修，老人走路很危险。", "公积金可以异地贷款吗，我在外地工作。",
    "谢谢，已经收到了。", "孩子今年上小学，报名时间是哪几天？", "夜里施工太吵，已经一个星期了。",
)  # fmt: skip
_REPLIES = (
    "您好，已经转给有关单位，三个工作日内答复您。",
    "请您补充一下具体位置。",
    "可以的，请带上身份证。",
)
_TAGS = ("急", "老人", "回访", "路灯", "重复", "材料")


def fill(*, open_: int, closed: int, messages: int, agents: int) -> None:
    """Fill the empty database of this process; prints as JSON who may look at it, with what cookies."""
    draw, now = random.Random(7), datetime.now(UTC)
    account = one_account(
        APP_ID, secret="s" * 32, token=SECRETS.token, aes_key=SECRETS.aes_key or ""
    )
    city, actor = account.agency, System("bench")
    units = [
        agencies.add_agency(
            code=f"unit-{n}", name=f"第{n}办事单位", parent=city, region_code="990100",
            actor=actor, now=now,
        )
        for n in range(1, UNITS + 1)
    ]  # fmt: skip
    others = [
        accounts.register(agency=unit, name=f"{unit.name}政务", kind="service", is_verified=True,
                          actor=actor, now=now)
        for unit in units
    ]  # fmt: skip
    staff = [_agent(f"agent{n}", city, now) for n in range(agents + 1)]
    unit_agent = _agent("unit-agent", units[0], now)
    tags = [Tag.objects.create(agency=city, name=name) for name in _TAGS]
    keys = _citizens(account, others, open_ + closed, open_, now)
    _open(keys[:open_], messages, draw, now, staff, tags)
    _closed(keys[open_:], draw, now)
    newest = Message.objects.order_by("-id").values_list("id", flat=True).first() or 0
    for each in CONSEQUENCES:  # what was made up here has had its consequences
        Cursor.objects.update_or_create(name=each.__name__, defaults={"position": newest})
    while not keep_archive(now=datetime.now(UTC)):  # the worker would be at it for minutes
        pass
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
    speaking = [key for key, account_id in keys[:open_] if account_id == account.pk]
    told = {
        "app_id": APP_ID,
        "staff": [_session(each) for each in staff],
        "unit": _session(unit_agent),
        "speaking": speaking,
        "openids": [_openid(n) for n, (_, owner) in enumerate(keys[:open_]) if owner == account.pk],
    }
    print(json.dumps(told))


def count(city: str) -> None:
    """How many queries each page asks, as JSON: the whole pages as a person opens them, their parts as an open
    page asks for them."""
    told = json.loads(city)
    client, found = Client(), {}
    for name, value in told["staff"][0].items():
        client.cookies[name] = value
    for name, path in pages(told).items():
        headers = {"host": "127.0.0.1", **(LIVE if name in PARTS else {})}
        client.get(path, headers=headers)
        with CaptureQueriesContext(connection) as asked:
            client.get(path, headers=headers)
        found[name] = len(asked.captured_queries)
    print(json.dumps(found))


def pages(told: dict[str, Any]) -> dict[str, str]:
    """What an agent's page asks for, by the name under which it is measured."""
    key = told["speaking"][0]
    return {
        "inbox": "/console/inbox/",
        "people": f"/console/inbox/people/?selected={key}",
        "conversation": f"/console/inbox/{key}/",
        "thread": f"/console/inbox/{key}/thread/",
        "counts": "/console/counts/",
    }


def _agent(name: str, agency: Agency, now: datetime) -> Staff:
    return agencies.add_staff(
        username=name, name=f"坐席{name[-1]}", agency=agency, role=Role.AGENT,
        password="bench-Password-2026", must_change_password=False, accept_any_password=True,  # noqa: S106
        actor=System("bench"), now=now,
    )  # fmt: skip


def _openid(number: int) -> str:
    return f"oBench{number:018d}"


def _citizens(
    account: Account, others: list[Account], count: int, open_: int, now: datetime
) -> list[tuple[str, int]]:
    """(key, account) of each; those with an open conversation can be written to."""
    found = []
    for n in range(count):
        owner = account if n % 2 == 0 else others[n % UNITS]
        app_id = owner.app_id or f"wxbenchunit{owner.pk}"
        found.append((key_of(app_id, _openid(n)), owner.pk))
    met = [Meeting(key, owner, _openid(n), now) for n, (key, owner) in enumerate(found[:open_])]
    meet_many(met, now=now)
    rest = (Citizen(key=key, account_id=owner, first_seen_at=now) for key, owner in found[open_:])
    Citizen.objects.bulk_create(rest, batch_size=CHUNK)
    return found


def _open(
    keys: list[tuple[str, int]], messages: int, draw: random.Random, now: datetime,
    staff: list[Staff], tags: list[Tag],
) -> None:  # fmt: skip
    rows, sent, notes = [], [], []
    dialogues = []
    for number, (key, account) in enumerate(keys):
        since = now - timedelta(hours=draw.randint(2, 47))
        step = (now - since) / (messages + 1)
        for n in range(messages):
            row = _message(n, key, account, since + step * n, draw, staff)
            rows.append(row)
        last = since + step * messages
        waits, is_attended = number % 3 == 0, number % 3 == 1
        dialogues.append(
            Dialogue(
                citizen_id=key, account_id=account, last_message_at=last,
                last_citizen_message_at=last, last_text=draw.choice(_WORDS),
                unread=draw.randint(0, 3), wants_person_at=last if waits else None,
                attended_by=draw.choice(staff) if is_attended else None,
                attended_at=now if is_attended else None,
                answered_at=now if number % 3 == 2 else None,
            )
        )  # fmt: skip
        notes += [
            Note(dialogue_id=key, staff=staff[0], key=f"bench:{number}:{n}", text="已电话联系过。",
                 at=last - timedelta(minutes=n))
            for n in range(2)
        ]  # fmt: skip
    Dialogue.objects.bulk_create(dialogues, batch_size=CHUNK)
    for at in range(0, len(rows), CHUNK):
        Message.objects.bulk_create(rows[at : at + CHUNK])
    Note.objects.bulk_create(notes, batch_size=CHUNK)
    Tagging.objects.bulk_create(
        Tagging(dialogue_id=key, tag=tag, at=now) for key, _ in keys for tag in draw.sample(tags, 2)
    )
    for told in Message.objects.filter(sender=Sender.STAFF).values("id", "account_id", "citizen_id", "said_at"):  # fmt: skip
        sent.append(
            Outgoing(
                key=f"bench:{told['id']}", account_id=told["account_id"], message_id=told["id"],
                citizen_id=told["citizen_id"], content={"kind": "text", "text": "x"}, status="sent",
                due_at=told["said_at"], created_at=told["said_at"], sent_at=told["said_at"],
            )
        )  # fmt: skip
    Outgoing.objects.bulk_create(sent, batch_size=CHUNK)


_CARDS: dict[int, tuple[str, dict[str, Any]]] = {
    3: ("Image", {"picture_url": "http://127.0.0.1/p.jpg", "media_id": "m"}),
    5: ("Voice", {"media_id": "v", "recognition": "路灯坏了"}),
    7: ("Location", {"latitude": 31.2, "longitude": 121.5, "label": "东桥路", "scale": 15}),
}


def _message(
    number: int, key: str, account: int, at: datetime, draw: random.Random, staff: list[Staff]
) -> Message:
    place = number % 10
    common: dict[str, Any] = {
        "account_id": account, "citizen_id": key, "said_at": at, "recorded_at": at,
    }  # fmt: skip
    if place in {1, 8}:
        return Message(sender=Sender.MACHINE, kind="text", text=draw.choice(_REPLIES), **common)
    if place in {4, 9}:
        return Message(sender=Sender.STAFF, kind="text", text=draw.choice(_REPLIES),
                       staff=draw.choice(staff), **common)  # fmt: skip
    kind, data = _CARDS.get(place, ("Text", None))
    text = draw.choice(_WORDS) if kind == "Text" else ""
    return Message(
        sender=Sender.CITIZEN, kind=kind, text=text, data=data,
        delivery=f"bench:{key[:12]}:{number}", **common,
    )  # fmt: skip


def _closed(keys: list[tuple[str, int]], draw: random.Random, now: datetime) -> None:
    for at in range(0, len(keys), CHUNK):
        dialogues, rows = [], []
        for key, account in keys[at : at + CHUNK]:
            ended = now - timedelta(minutes=draw.randint(3 * 24 * 60, 365 * 24 * 60))
            dialogues.append(
                Dialogue(
                    citizen_id=key, account_id=account, last_message_at=ended, closed_at=ended,
                    last_citizen_message_at=ended, last_text=draw.choice(_WORDS),
                )
            )  # fmt: skip
            for sender in (Sender.CITIZEN, Sender.MACHINE):
                rows.append(
                    Message(
                        account_id=account, citizen_id=key, sender=sender, said_at=ended,
                        recorded_at=ended, text=draw.choice(_WORDS),
                        kind="Text" if sender == Sender.CITIZEN else "text",
                    )
                )  # fmt: skip
        Dialogue.objects.bulk_create(dialogues)
        Message.objects.bulk_create(rows)


def _session(staff: Staff) -> dict[str, str]:
    client = Client()
    client.force_login(staff)
    return {name: morsel.value for name, morsel in client.cookies.items()}
