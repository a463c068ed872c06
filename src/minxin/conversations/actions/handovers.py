"""Another agency goes on with a conversation: asked, agreed to, given back, done."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from minxin.agencies import audit
from minxin.agencies.actions import notify_staff
from minxin.agencies.models import Agency, Staff
from minxin.agencies.queries import ensure_may
from minxin.agencies.rules import Permission
from minxin.citizens.models import Citizen
from minxin.conversations.actions.attending import ensure_answers, see_who_attends
from minxin.conversations.actions.sending import send
from minxin.conversations.contents import MenuContent, TextContent
from minxin.conversations.models import Dialogue, Handover
from minxin.conversations.queries import is_window_closed
from minxin.conversations.queries.handovers import answerers, running_handover, takers
from minxin.conversations.rules.handovers import NO, YES, needs_consent, tap_of
from minxin.core.errors import NotFound, Refused

LONGEST_QUESTION = 500


@transaction.atomic
def hand_over(
    dialogue: Dialogue, to: Agency, question: str, *, key: str, actor: Staff, now: datetime
) -> Handover:
    """Ask another agency to go on. It happens at once within the agency the citizen wrote to; elsewhere she is
    asked first, which costs one message of WeChat's window. `Refused` while another one runs."""
    ensure_may(actor, Permission.ANSWER_CONVERSATIONS, dialogue.account.agency)
    see_who_attends(dialogue)
    question = question.strip()
    if not question:
        raise Refused(_("请写明要对方答复什么。"), field="question")
    if len(question) > LONGEST_QUESTION:
        raise Refused(
            _("问题不超过 %(limit)s 字。") % {"limit": LONGEST_QUESTION}, field="question"
        )
    if running_handover(dialogue) is not None:
        raise Refused(_("这个会话已经在转交，请先收回。"), field="to")
    if to not in takers(dialogue):
        raise Refused(_("请选择有人答复会话的其他单位。"), field="to")
    asks = needs_consent(dialogue.account.agency.path, to.path)
    if asks and is_window_closed(dialogue, now=now):
        raise Refused(_("现在不能给市民发消息，问不到她是否同意。请等市民再次发言。"), field="to")
    row = Handover.objects.create(
        dialogue=dialogue,
        from_agency=dialogue.account.agency,
        to_agency=to,
        question=question,
        status=Handover.Status.ASKED,
        asked_by=actor,
        asked_at=now,
        changed_at=now,
    )
    audit.record(
        actor, "dialogue.handover_asked", dialogue, now=now, agency=dialogue.account.agency,
        after={"to": to.name, "asks_citizen": asks},
    )  # fmt: skip
    if asks:
        head = (
            f"您的问题由{to.name}答复更合适。同意把这次对话转给他们继续答复吗？"
            "您仍在这里收到答复，不用重新说一遍。"
        )
        choices = ((tap_of(row.pk, YES), "同意"), (tap_of(row.pk, NO), "不同意"))
        send(dialogue.citizen, MenuContent(head, choices), key=key, actor=actor, now=now)
    else:
        _move(row, dialogue, now=now)
        words = f"您的问题由{to.name}继续在这里答复，不用重新说一遍。"
        if not is_window_closed(dialogue, now=now):
            send(dialogue.citizen, TextContent(words), key=key, actor=actor, now=now)
    return row


@transaction.atomic
def answer_handover(number: int, *, agrees: bool, actor: Citizen, now: datetime) -> Handover:
    """What the citizen says to it; a second tap changes nothing. `NotFound` for another's."""
    row = Handover.objects.select_for_update().filter(pk=number, dialogue=actor.pk).first()
    if row is None:
        raise NotFound
    if row.status != Handover.Status.ASKED:
        return row
    dialogue = Dialogue.objects.select_related("account__agency").get(pk=row.dialogue_id)
    verb = "dialogue.handover_agreed" if agrees else "dialogue.handover_declined"
    if agrees:
        _move(row, dialogue, now=now)
    else:
        _set(row, Handover.Status.DECLINED, now=now)
    audit.record(actor, verb, dialogue, now=now, agency=row.from_agency)
    return row


@transaction.atomic
def take_back(dialogue: Dialogue, reason: str = "", *, actor: Staff, now: datetime) -> None:
    """The conversation is its account's again: whoever gave it takes it back, whoever got it returns it with a
    reason. `Refused` when none runs."""
    ensure_answers(actor, dialogue)
    row = running_handover(dialogue)
    if row is None:
        raise Refused(_("这个会话没有在转交。"))
    reason = reason.strip()[:200]
    own = _may_at(actor, dialogue.account.agency)
    if not own and not reason:
        raise Refused(_("请写明退回的原因。"), field="reason")
    row.reason = reason
    status = Handover.Status.WITHDRAWN if own else Handover.Status.RETURNED
    was_open = row.status == Handover.Status.OPEN
    _set(row, status, now=now)
    dialogue.handled_by = dialogue.attended_by = dialogue.attended_at = None
    dialogue.wants_person_at = now if was_open else dialogue.wants_person_at
    dialogue.save(update_fields=["handled_by", "attended_by", "attended_at", "wants_person_at"])
    audit.record(
        actor, f"dialogue.handover_{status.value}", dialogue, now=now, agency=row.from_agency,
        before={"to": row.to_agency.name}, reason=reason,
    )  # fmt: skip
    if not own:
        _tell(row.from_agency, row, now=now)


def _move(row: Handover, dialogue: Dialogue, *, now: datetime) -> None:
    _set(row, Handover.Status.OPEN, now=now)
    dialogue.handled_by, dialogue.wants_person_at = row.to_agency, now
    dialogue.attended_by = dialogue.attended_at = dialogue.closed_at = None
    dialogue.save(
        update_fields=[
            "handled_by", "wants_person_at", "attended_by", "attended_at", "closed_at",
        ]
    )  # fmt: skip
    _tell(row.to_agency, row, now=now)


def _set(row: Handover, status: Handover.Status, *, now: datetime) -> None:
    row.status, row.changed_at = status, now
    row.save(update_fields=["status", "changed_at", "reason"])


def _tell(agency: Agency, row: Handover, *, now: datetime) -> None:
    other = row.from_agency if agency.pk == row.to_agency_id else row.to_agency
    text = f"“{other.name}”转来一个会话，请接待"
    link = f"/console/inbox/{row.dialogue_id}/"
    notify_staff(answerers(agency), text, kind="handover", link=link, now=now)


def _may_at(actor: Staff, agency: Agency) -> bool:
    try:
        ensure_may(actor, Permission.ANSWER_CONVERSATIONS, agency)
    except NotFound:
        return False
    return True
