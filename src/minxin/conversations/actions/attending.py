"""Who attends a conversation: take it, give it to a colleague, put it back, hand it back, close it."""

from datetime import datetime

from django.db import transaction
from django.db.models import Case, F, When
from django.utils.translation import gettext as _

from minxin.agencies import audit
from minxin.agencies.models import Staff
from minxin.conversations.models import Dialogue, Handover
from minxin.conversations.queries import may_answer, running_handover, said_since
from minxin.conversations.rules import IDLE, is_attended
from minxin.core.errors import NotFound, Refused


def ensure_answers(actor: Staff, dialogue: Dialogue) -> None:
    """`NotFound` unless this person answers conversations of the account's agency, or of that which goes on
    with this one."""
    if not may_answer(actor, dialogue):
        raise NotFound


@transaction.atomic
def attend(dialogue: Dialogue, *, actor: Staff, now: datetime) -> None:
    """Take a dialogue: the machine keeps silent while a person answers."""
    ensure_answers(actor, dialogue)
    before = dialogue.attended_by.username if dialogue.attended_by else None
    dialogue.attended_by, dialogue.attended_at, dialogue.form = actor, now, None
    dialogue.unread, dialogue.closed_at = 0, None
    dialogue.save(update_fields=["attended_by", "attended_at", "form", "unread", "closed_at"])
    audit.record(
        actor,
        "dialogue.attended",
        dialogue,
        now=now,
        agency=dialogue.account.agency,
        before={"attended_by": before},
        after={"attended_by": actor.username},
    )


@transaction.atomic
def give(dialogue: Dialogue, to: Staff, *, actor: Staff, now: datetime) -> None:
    """Let a colleague attend, who must be able to answer here; the machine keeps silent for her."""
    ensure_answers(actor, dialogue)
    if not to.is_active or not may_answer(to, dialogue):
        raise Refused(_("%(name)s不能答复这个公众号的会话。") % {"name": to}, field="to")
    see_who_attends(dialogue)
    before = dialogue.attended_by.username if dialogue.attended_by else None
    dialogue.attended_by, dialogue.attended_at, dialogue.form = to, now, None
    dialogue.wants_person_at = dialogue.closed_at = None
    dialogue.save(
        update_fields=["attended_by", "attended_at", "form", "wants_person_at", "closed_at"]
    )
    audit.record(
        actor,
        "dialogue.given",
        dialogue,
        now=now,
        agency=dialogue.account.agency,
        before={"attended_by": before},
        after={"attended_by": to.username},
    )


@transaction.atomic
def release(dialogue: Dialogue, *, actor: Staff, now: datetime) -> None:
    """Put a conversation back among those that wait for a person; `Refused` when nobody attends it."""
    ensure_answers(actor, dialogue)
    see_who_attends(dialogue)
    if dialogue.attended_by is None:
        raise Refused(_("这个会话现在没有人接待。"))
    before = dialogue.attended_by.username
    dialogue.attended_by = dialogue.attended_at = None
    dialogue.wants_person_at = now
    dialogue.save(update_fields=["attended_by", "attended_at", "wants_person_at"])
    audit.record(
        actor,
        "dialogue.released",
        dialogue,
        now=now,
        agency=dialogue.account.agency,
        before={"attended_by": before},
    )


def see_who_attends(dialogue: Dialogue) -> None:
    """Lock the row and read it anew: of two who act at once the second sees what the first did."""
    dialogue.refresh_from_db(
        fields=["attended_by", "attended_at", "last_citizen_message_at", "closed_at"],
        from_queryset=Dialogue.objects.select_for_update(),
    )


@transaction.atomic
def hand_back(dialogue: Dialogue, *, actor: Staff, now: datetime) -> None:
    """Let the machine answer again."""
    ensure_answers(actor, dialogue)
    _let_go(dialogue)
    end_handover(dialogue, now=now)
    dialogue.save(update_fields=_LET_GO)
    audit.record(actor, "dialogue.handed_back", dialogue, now=now, agency=dialogue.account.agency)


@transaction.atomic
def close(dialogue: Dialogue, *, seen: int | None = None, actor: Staff, now: datetime) -> None:
    """Nothing is left to do: it leaves every queue but the closed ones until the citizen speaks again or
    somebody takes it.

    `Refused` while a colleague attends it, when it is closed, and when the citizen said something after
    message `seen`, the last that whoever closes has read.
    """
    ensure_answers(actor, dialogue)
    see_who_attends(dialogue)
    if dialogue.closed_at is not None:
        raise Refused(_("这个会话已经结束。"))
    if is_attended(dialogue.attended_at, now) and dialogue.attended_by_id not in {None, actor.pk}:
        raise Refused(_("%(name)s正在接待这位市民，由她/他结束。") % {"name": dialogue.attended_by})
    if seen is not None and said_since(dialogue, seen):
        raise Refused(_("市民刚刚又说了话，请看过再结束。"))
    _let_go(dialogue)
    end_handover(dialogue, now=now)
    dialogue.closed_at, dialogue.unread = now, 0
    dialogue.save(update_fields=[*_LET_GO, "closed_at", "unread"])
    audit.record(actor, "dialogue.closed", dialogue, now=now, agency=dialogue.account.agency)


def end_handover(dialogue: Dialogue, *, now: datetime) -> None:
    """Its conversation is over. Part of the caller's transaction, which is audited."""
    row = running_handover(dialogue)
    if row is None:
        return
    is_open = row.status == Handover.Status.OPEN
    row.status = Handover.Status.DONE if is_open else Handover.Status.WITHDRAWN
    row.changed_at = now
    row.save(update_fields=["status", "changed_at"])
    dialogue.handled_by = None
    dialogue.save(update_fields=["handled_by"])


_LET_GO = [
    "attended_by", "attended_at", "wants_person_at", "answered_at", "urgent_at", "urgent_for",
]  # fmt: skip


def _let_go(dialogue: Dialogue) -> None:
    dialogue.attended_by = dialogue.attended_at = None
    dialogue.wants_person_at = dialogue.answered_at = None
    dialogue.urgent_at, dialogue.urgent_for = None, ""


def hand_back_idle(*, now: datetime) -> int:
    """Return to the machine what staff left alone for half an hour; how many."""
    return Dialogue.objects.filter(attended_at__lte=now - IDLE).update(
        attended_by=None,
        attended_at=None,
        # What is urgent was looked at and not answered: somebody still has to.
        wants_person_at=Case(When(urgent_at__isnull=False, then=F("urgent_at"))),
    )
