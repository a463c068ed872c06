"""All writes of conversations but recording, which is in `recording`."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from minxin.agencies import audit
from minxin.agencies.models import Staff
from minxin.conversations import statements
from minxin.conversations.actions.attending import attend as attend
from minxin.conversations.actions.attending import close as close
from minxin.conversations.actions.attending import ensure_answers, see_who_attends
from minxin.conversations.actions.attending import give as give
from minxin.conversations.actions.attending import hand_back as hand_back
from minxin.conversations.actions.attending import hand_back_idle as hand_back_idle
from minxin.conversations.actions.attending import release as release
from minxin.conversations.actions.desk import LONGEST_NOTE as LONGEST_NOTE
from minxin.conversations.actions.desk import LONGEST_TAG as LONGEST_TAG
from minxin.conversations.actions.desk import add_note as add_note
from minxin.conversations.actions.desk import add_tag as add_tag
from minxin.conversations.actions.desk import change_tag as change_tag
from minxin.conversations.actions.desk import note_writing as note_writing
from minxin.conversations.actions.desk import put_tag as put_tag
from minxin.conversations.actions.desk import take_tag as take_tag
from minxin.conversations.actions.handovers import answer_handover as answer_handover
from minxin.conversations.actions.handovers import hand_over as hand_over
from minxin.conversations.actions.handovers import take_back as take_back
from minxin.conversations.actions.hours import set_out_of_hours as set_out_of_hours
from minxin.conversations.actions.hours import tell_out_of_hours as tell_out_of_hours
from minxin.conversations.actions.replies import ReplyDraft as ReplyDraft
from minxin.conversations.actions.replies import add_reply as add_reply
from minxin.conversations.actions.replies import change_reply as change_reply
from minxin.conversations.actions.replies import count_uses as count_uses
from minxin.conversations.actions.replies import import_replies as import_replies
from minxin.conversations.actions.safety import flag_urgent as flag_urgent
from minxin.conversations.actions.safety import keep_hotline as keep_hotline
from minxin.conversations.actions.safety import keep_safety_rule as keep_safety_rule
from minxin.conversations.actions.sending import send as send
from minxin.conversations.actions.withholding import withhold as withhold
from minxin.conversations.articles import note_published as note_published
from minxin.conversations.contents import TextContent
from minxin.conversations.media import KINDS, forget_media
from minxin.conversations.models import (
    Comment,
    CommentNote,
    Cursor,
    Dialogue,
    Handover,
    Note,
    Outgoing,
    Tagging,
    Writing,
)
from minxin.conversations.outcomes import note_outcomes as note_outcomes
from minxin.conversations.queries import answered_since, is_window_closed, messages_of
from minxin.conversations.recording import (
    BLANK,
    Answer,
    Answered,
    Delivery,
    DialogueState,
    KnownKeys,
    Recorded,
    ReplyRecord,
    record_batch,
)
from minxin.conversations.resending import cancel_outgoing as cancel_outgoing
from minxin.conversations.resending import retry_outgoing as retry_outgoing
from minxin.conversations.rules import (
    REPORTS,
    WINDOW_MESSAGES,
    WORDS,
    is_attended,
)
from minxin.conversations.rules.replies import unfilled
from minxin.core.errors import Refused

__all__ = [
    "BLANK",
    "Answer",
    "Answered",
    "Delivery",
    "DialogueState",
    "KnownKeys",
    "Recorded",
    "ReplyRecord",
    "answer_as_staff",
    "ask_for_person",
    "attend",
    "cancel_outgoing",
    "close",
    "erase_text",
    "give",
    "hand_back",
    "hand_back_idle",
    "keep_inbox",
    "mark_read",
    "move_cursor",
    "note_delivered",
    "note_history_delivered",
    "record_batch",
    "release",
    "release_held",
    "retry_outgoing",
    "send",
]

LONGEST = 600


@transaction.atomic
def answer_as_staff(
    dialogue: Dialogue,
    text: str,
    *,
    key: str,
    actor: Staff,
    now: datetime,
    seen: int | None = None,
    may_wait: bool = False,
    used: Collection[int] = (),
) -> Outgoing:
    """Say something to a citizen; takes the dialogue when nobody has it.

    `seen`: the number of the last message she who answers has read; `Refused` when a colleague answered
    after it. `may_wait`: outside WeChat's window it stays with us until the citizen speaks again;
    without it, `Refused`. `used`: the saved replies it was made of, which are counted. Places of a saved
    reply that nobody filled are named and refused. The same `key` is said once.
    """
    ensure_answers(actor, dialogue)
    known = Outgoing.objects.filter(key=key, citizen=dialogue.citizen_id).first()
    if known is not None:
        return known
    see_who_attends(dialogue)
    text = text.strip()
    if not text:
        raise Refused(_("请填写要发送的内容。"), field="text")
    if len(text) > LONGEST:
        raise Refused(
            _("内容超过 %(limit)s 字，请分成几条发送。") % {"limit": LONGEST}, field="text"
        )
    if places := unfilled(text):
        raise Refused(
            _("还有没填的内容：%(names)s。请补上或删去再发送。") % {"names": "、".join(places)},
            field="text",
        )
    is_taken = is_attended(dialogue.attended_at, now)
    if is_taken and dialogue.attended_by_id not in {None, actor.pk}:
        raise Refused(
            _("%(name)s正在接待这位市民。需要时请先接手。") % {"name": dialogue.attended_by}
        )
    if seen is not None:
        other = answered_since(dialogue, seen, besides=actor)
        if other is not None:
            raise Refused(
                _("%(name)s刚刚已经答复，还没有发送您的回复。请先看上面的答复，需要补充时再发送。")
                % {"name": other.staff}
            )
    if not may_wait and is_window_closed(dialogue, now=now):
        raise Refused(
            _(
                "没有发送：微信只允许在市民发言后 48 小时内发送，最多 %(most)s 条。"
                "可以留到市民下次发言时送达，或转为工单。"
            )
            % {"most": WINDOW_MESSAGES}
        )
    outgoing = send(dialogue.citizen, TextContent(text), key=key, actor=actor, now=now)
    if outgoing is None:
        raise Refused(_("这位市民已取消关注，消息无法送达。"))
    dialogue.attended_by, dialogue.attended_at, dialogue.unread = actor, now, 0
    dialogue.wants_person_at, dialogue.answered_at, dialogue.closed_at = None, now, None
    dialogue.urgent_at, dialogue.urgent_for = None, ""
    dialogue.save(
        update_fields=[
            "attended_by", "attended_at", "unread", "wants_person_at", "answered_at", "closed_at",
            "urgent_at", "urgent_for",
        ]
    )  # fmt: skip
    Writing.objects.filter(dialogue=dialogue, staff=actor).delete()
    if used:
        count_uses(used, agency=dialogue.owner, now=now)
    audit.record(actor, "dialogue.answered", dialogue, now=now, agency=dialogue.account.agency)
    return outgoing


def ask_for_person(citizen_key: str, *, now: datetime) -> None:
    """Note that a citizen waits for a person. Follows from a message, which is its record."""
    # In the inbox at once, before the worker brings her line up to date.
    Dialogue.objects.filter(pk=citizen_key, wants_person_at=None).update(
        wants_person_at=now, last_message_at=now, closed_at=None
    )


def mark_read(dialogue: Dialogue) -> None:
    """Staff have seen what was said."""
    Dialogue.objects.filter(pk=dialogue.pk).exclude(unread=0).update(unread=0)


@transaction.atomic
def erase_text(citizen_key: str) -> int:
    """Forget what was said with a citizen who unfollowed; how many messages. The rows stay, empty.

    The audit entry is that of `citizens.actions.unfollow`, which the door calls with this.
    """
    Outgoing.objects.filter(citizen=citizen_key).exclude(status=Outgoing.Status.SENT).update(
        status=Outgoing.Status.CANCELLED, error=_("市民已取消关注")
    )
    Outgoing.objects.filter(citizen=citizen_key).update(
        content={"kind": "text", "text": ""}, otherwise=None
    )
    Dialogue.objects.filter(pk=citizen_key).update(
        form=None, last_text="", unread=0, wants_person_at=None, attended_by=None,
        attended_at=None, answered_at=None, urgent_at=None, urgent_for="",
    )  # fmt: skip
    sent = list(messages_of(citizen_key).filter(kind__in=KINDS).values_list("pk", flat=True))
    transaction.on_commit(lambda: forget_media(sent))
    Note.objects.filter(dialogue=citizen_key).update(text=None)
    CommentNote.objects.filter(comment__citizen=citizen_key).update(text="")
    Comment.objects.filter(citizen=citizen_key).update(text=None, earlier="", citizen=None)
    Handover.objects.filter(dialogue=citizen_key).update(question=None, reason="")
    Tagging.objects.filter(dialogue=citizen_key).delete()
    return messages_of(citizen_key).update(text=None, data=None, reply=None)


def release_held(spoke: Mapping[str, datetime], *, now: datetime) -> int:
    """They spoke again, at these times: what WeChat refused before that may go; how many messages."""
    held = Outgoing.objects.filter(status=Outgoing.Status.HELD, citizen__in=list(spoke))
    numbers = [
        number
        for number, key, tried in held.values_list("id", "citizen_id", "claimed_at")
        if tried is None or tried < spoke[key]
    ]
    return Outgoing.objects.filter(id__in=numbers, status=Outgoing.Status.HELD).update(
        status=Outgoing.Status.WAITING, due_at=now, error="", error_code=None, claimed_at=None
    )


def move_cursor(name: str, position: int) -> None:
    """Note how far a follower of the message table has read; in the transaction of what it did."""
    Cursor.objects.update_or_create(name=name, defaults={"position": position})


def note_delivered(outgoing: Outgoing, *, at: datetime) -> None:
    """A message of a history that is taken over: it was delivered then, by other means."""
    Outgoing.objects.filter(pk=outgoing.pk, status=Outgoing.Status.WAITING).update(
        status=Outgoing.Status.SENT, sent_at=at, attempts=1
    )


def note_history_delivered(before: datetime) -> int:
    """The same for everything that was written before a moment; how many."""
    rows = Outgoing.objects.filter(status=Outgoing.Status.WAITING, created_at__lt=before)
    count = 0
    for row in rows:
        note_delivered(row, at=row.created_at)
        count += 1
    return count


@transaction.atomic
def keep_inbox(rows: Sequence[dict[str, Any]], *, follower: str) -> None:
    """The line of each dialogue in the inbox: what was said last, and how much is unread.

    `rows` as `queries.messages_after` gives them; the position of `follower` moves in the same
    transaction, so that nothing counts twice. Not audited: the message rows are the record.
    """
    lines: dict[str, list[Any]] = {}
    moment = statements.moments()
    for row in rows:
        if row["kind"] in REPORTS:
            continue
        at, key = moment(row["said_at"]), row["citizen_id"]
        line = lines.setdefault(key, [key, row["account_id"], at, None, "", 0])
        line[1:3] = row["account_id"], at
        if row["kind"] in WORDS and row["text"] is not None:  # erased words are not said again
            line[3:] = at, row["text"][:200], line[5] + 1
    if lines:
        values = [value for key in sorted(lines) for value in lines[key]]
        statements.upsert_lines(values, len(lines))
    if rows:
        move_cursor(follower, rows[-1]["id"])
