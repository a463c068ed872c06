"""Duty events: opinion events and requests for disclosure, registered and followed by their unit.

A unit writes down what it did and when; who supervises may withdraw what was registered by mistake, and
alone confirms that the time of a third party is left out of the count.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from minxin.accounts.models import Account
from minxin.agencies import audit
from minxin.agencies.models import Agency, Staff
from minxin.agencies.queries import ensure_may
from minxin.agencies.rules import Permission
from minxin.core.errors import Refused
from minxin.supervision.models import DutyEvent
from minxin.supervision.rules.clock import SKEW, day_of
from minxin.supervision.rules.proofs import LINK
from minxin.supervision.rules.rectification import SHORTEST_REASON
from minxin.text import find_private

Kind, State = DutyEvent.Kind, DutyEvent.State
RECORD, CONFIRM = Permission.RECORD_UPDATES, Permission.CONFIRM_CANDIDATES


@transaction.atomic
def register_opinion(
    account: Account, *, title: str, is_grave: bool, known_at: datetime,
    agency: Agency | None = None, actor: Staff, now: datetime,
) -> DutyEvent:  # fmt: skip
    """An event of public opinion that the unit knows of since `known_at`; its host is responsible unless
    `agency`, which must lie in the actor's sight, is. Raises `NotFound`, `Refused`."""
    if known_at > now + SKEW:
        raise Refused(_("知悉时间不能晚于现在。"), field="known_at")
    given = {"is_grave": is_grave, "known_at": known_at}
    return _register(Kind.OPINION, account, title, agency, given, actor, now)


@transaction.atomic
def register_request(
    account: Account, *, number: str, received_on: date, received_how: str,
    agency: Agency | None = None, actor: Staff, now: datetime,
) -> DutyEvent:  # fmt: skip
    """A request for disclosure under the number that the unit gave it: no name, no words of who asked.

    `received_on` is the day that counts (国务院令第711号, article 31), and `received_how` why it does;
    who confirmed it is the actor. Raises `NotFound`, `Refused`.
    """
    if received_on > day_of(now):
        raise Refused(_("收到申请之日不能晚于今天。"), field="received_on")
    given = {"received_on": received_on, "received_how": DutyEvent.Received(received_how)}
    return _register(Kind.DISCLOSURE, account, number, agency, given, actor, now)


def _register(
    kind: DutyEvent.Kind, account: Account, title: str, agency: Agency | None,
    given: Mapping[str, Any], actor: Staff, now: datetime,
) -> DutyEvent:  # fmt: skip
    ensure_may(actor, RECORD, account.agency)
    if agency is not None:
        ensure_may(actor, RECORD, agency)
    title = title.replace("\0", "").strip()
    if len(title) < SHORTEST_REASON:
        raise Refused(_("请写明是什么事项，至少 4 个字。"), field="title")
    if find_private(title):
        raise Refused(_("这里不能写身份证号、手机号等个人信息，只写事项或编号。"), field="title")
    if account.status == "closed":
        raise Refused(_("账号已注销，不再登记。"), field="account")
    if kind is Kind.DISCLOSURE and DutyEvent.objects.filter(
        account=account, kind=kind, title=title, state__in=[State.OPEN, State.CLOSED]
    ).exists():  # fmt: skip
        raise Refused(_("这个账号已经登记过同一编号的申请。"), field="title")
    event = DutyEvent.objects.create(
        kind=kind, account=account, agency=agency or account.agency, title=title[:120],
        created_at=now, created_by=actor, **given,
    )  # fmt: skip
    after = {"kind": kind.value, "title": event.title, **given}
    audit.record(actor, "duty_event.registered", event, agency=account.agency, after=after, now=now)
    return event


# Opinion ---------------------------------------------------------------------------------------


@transaction.atomic
def record_first_word(
    event: DutyEvent, *, at: datetime, link: str, actor: Staff, now: datetime
) -> None:
    """The first authoritative word, when it came out and where it stands. Raises `NotFound`, `Refused`."""
    row = _opinion(event, actor)
    if row.first_word_at is not None:
        raise Refused(_("首次回应已经登记过，请刷新页面。"))
    _moment(row, at, link, now)
    _write(row, {"first_word_at": min(at, now), "first_word_link": link.strip()}, actor, now)


@transaction.atomic
def record_press(event: DutyEvent, *, at: datetime, link: str, actor: Staff, now: datetime) -> None:
    """The press conference of a grave event. Raises `NotFound`, `Refused`."""
    row = _opinion(event, actor)
    if not row.is_grave:
        raise Refused(_("只有特别重大、重大突发事件登记新闻发布会。"))
    if row.press_at is not None:
        raise Refused(_("新闻发布会已经登记过，请刷新页面。"))
    _moment(row, at, link, now)
    _write(row, {"press_at": min(at, now), "press_link": link.strip()}, actor, now)


def _opinion(event: DutyEvent, actor: Staff) -> DutyEvent:
    return _open(event, actor, Kind.OPINION)


def _moment(row: DutyEvent, at: datetime, link: str, now: datetime) -> None:
    if not LINK.fullmatch(link.strip()):
        raise Refused(_("请填写能打开的链接，以 http:// 或 https:// 开头。"), field="link")
    if at > now + SKEW:
        raise Refused(_("时间不能晚于现在。"), field="at")
    if row.known_at is not None and at < row.known_at:
        raise Refused(_("时间不能早于知悉时间。"), field="at")


# Disclosure ------------------------------------------------------------------------------------


@transaction.atomic
def record_extension(
    event: DutyEvent, *, on: date, until: date, actor: Staff, now: datetime
) -> None:
    """An extension that the office's head approved, and the day that was told to the applicant."""
    row = _request(event, actor)
    if row.extended_on is not None:
        raise Refused(_("延期已经登记过，只能延长一次。"))
    _day(row, on, now, field="on")
    if until <= on:
        raise Refused(_("告知申请人的答复日期要晚于同意延期之日。"), field="until")
    _write(row, {"extended_on": on, "extended_until": until}, actor, now)


@transaction.atomic
def record_third_party(
    event: DutyEvent, *, asked_on: date, answered_on: date | None, actor: Staff, now: datetime
) -> None:
    """When a third party was asked for its opinion, and when the opinion came; told again, the second
    day is added to the first."""
    row = _request(event, actor)
    _day(row, asked_on, now, field="asked_on")
    if row.third_asked_on is not None and row.third_asked_on != asked_on:
        raise Refused(_("征求第三方意见之日已经登记过，不能改。"), field="asked_on")
    if answered_on is not None:
        if answered_on < asked_on:
            raise Refused(_("收到意见之日不能早于征求之日。"), field="answered_on")
        _day(row, answered_on, now, field="answered_on")
    _write(row, {"third_asked_on": asked_on, "third_answered_on": answered_on}, actor, now)


@transaction.atomic
def leave_out_third_party(event: DutyEvent, *, basis: str, actor: Staff, now: datetime) -> None:
    """Who supervises confirms, with the basis, that the third party's time is not counted."""
    row = _request(event, actor, CONFIRM)
    if row.third_asked_on is None:
        raise Refused(_("还没有登记征求第三方意见。"))
    if row.third_left_out_by_id is not None:
        raise Refused(_("已经确认过不计入，请刷新页面。"))
    if len(basis.strip()) < SHORTEST_REASON:
        raise Refused(_("请写明依据的条款或文件，至少 4 个字。"), field="basis")
    _write(
        row, {"third_left_out_by": actor, "third_left_out_basis": basis.strip()[:200]}, actor, now
    )


@transaction.atomic
def record_correction(event: DutyEvent, *, on: date, actor: Staff, now: datetime) -> None:
    """The day on which the applicant was told what to add."""
    row = _request(event, actor)
    if row.corrected_on is not None:
        raise Refused(_("告知补正已经登记过，请刷新页面。"))
    _day(row, on, now, field="on")
    _write(row, {"corrected_on": on}, actor, now)


@transaction.atomic
def record_reply(event: DutyEvent, *, on: date, actor: Staff, now: datetime) -> None:
    """The day on which the request was answered."""
    row = _request(event, actor)
    if row.replied_on is not None:
        raise Refused(_("答复已经登记过，请刷新页面。"))
    _day(row, on, now, field="on")
    _write(row, {"replied_on": on}, actor, now)


def _request(event: DutyEvent, actor: Staff, permission: Permission = RECORD) -> DutyEvent:
    return _open(event, actor, Kind.DISCLOSURE, permission)


def _day(row: DutyEvent, on: date, now: datetime, *, field: str) -> None:
    if on > day_of(now):
        raise Refused(_("日期不能晚于今天。"), field=field)
    if row.received_on is not None and on < row.received_on:
        raise Refused(_("日期不能早于收到申请之日。"), field=field)


# The end ---------------------------------------------------------------------------------------


@transaction.atomic
def close_event(event: DutyEvent, *, actor: Staff, now: datetime) -> None:
    """What had to be said has been said: the event leaves the list of what is open. Its clocks stay as
    they ran. Raises `NotFound`, `Refused`."""
    row = _open(event, actor, None)
    if row.kind == Kind.OPINION and row.first_word_at is None:
        raise Refused(_("还没有登记首次回应，不能办结。"))
    if row.kind == Kind.DISCLOSURE and row.replied_on is None:
        raise Refused(_("还没有登记答复，不能办结。"))
    _end(row, State.CLOSED, "", actor, now)


@transaction.atomic
def withdraw_event(event: DutyEvent, *, reason: str, actor: Staff, now: datetime) -> None:
    """Registered by mistake: it counts nowhere any more. Only who supervises. Raises `Refused`."""
    row = _open(event, actor, None, CONFIRM, also_closed=True)
    if len(reason.strip()) < SHORTEST_REASON:
        raise Refused(_("请写明理由，至少 4 个字。"), field="reason")
    _end(row, State.WITHDRAWN, reason.strip()[:300], actor, now)


def _end(row: DutyEvent, state: DutyEvent.State, reason: str, actor: Staff, now: datetime) -> None:
    before = {"state": row.state}
    row.state, row.reason, row.ended_at, row.ended_by = state, reason, now, actor
    row.save()
    audit.record(
        actor, f"duty_event.{state.value}", row, agency=row.account.agency, before=before,
        after={"state": state.value, "title": row.title}, reason=reason, now=now,
    )  # fmt: skip


def _open(
    event: DutyEvent, actor: Staff, kind: DutyEvent.Kind | None, permission: Permission = RECORD,
    *, also_closed: bool = False,
) -> DutyEvent:  # fmt: skip
    row = (
        DutyEvent.objects.select_for_update(of=("self",))
        .select_related("account__agency")
        .get(pk=event.pk)
    )
    ensure_may(actor, permission, row.account.agency)
    if kind is not None and row.kind != kind:
        raise Refused(_("这件事项不是这一类。"))
    if row.state == State.WITHDRAWN or (row.state == State.CLOSED and not also_closed):
        raise Refused(_("这件事项已经结束，请刷新页面。"))
    return row


def _write(row: DutyEvent, values: Mapping[str, Any], actor: Staff, now: datetime) -> None:
    for name, value in values.items():
        setattr(row, name, value)
    row.save(update_fields=list(values))
    after = {
        name: value.name if isinstance(value, Staff) else value for name, value in values.items()
    }
    audit.record(actor, "duty_event.recorded", row, agency=row.account.agency, after=after, now=now)
