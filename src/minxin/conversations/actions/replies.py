"""What agencies have ready to say: kept, brought in from a sheet, counted when used."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from minxin.agencies import audit
from minxin.agencies.models import Agency, Staff
from minxin.agencies.queries import ensure_may
from minxin.agencies.rules import Permission
from minxin.conversations.models import SavedReply
from minxin.conversations.queries.desk import paths_around
from minxin.conversations.rules.replies import VARIABLES, unknown_places
from minxin.core.errors import Refused

LONGEST_TITLE = 40
LONGEST_TEXT = 600
MOST_ROWS = 500
_TOLD = 8


@dataclass(frozen=True, slots=True)
class ReplyDraft:
    """A saved reply as somebody wrote it."""

    title: str
    text: str
    is_active: bool = True


@transaction.atomic
def add_reply(draft: ReplyDraft, *, agency: Agency, actor: Staff, now: datetime) -> SavedReply:
    """A new reply of an agency; `Refused` with the field when it cannot be kept."""
    ensure_may(actor, Permission.ANSWER_CONVERSATIONS, agency)
    draft = _checked(draft)
    _ensure_free(draft.title, agency)
    row = SavedReply.objects.create(
        agency=agency,
        title=draft.title,
        text=draft.text,
        is_active=draft.is_active,
        changed_at=now,
    )
    audit.record(actor, "saved_reply.added", row, now=now, agency=agency, after=_facts(row))
    return row


@transaction.atomic
def change_reply(row: SavedReply, draft: ReplyDraft, *, actor: Staff, now: datetime) -> None:
    """Other words from now on; what was sent stays as it was sent."""
    ensure_may(actor, Permission.ANSWER_CONVERSATIONS, row.agency)
    draft = _checked(draft)
    _ensure_free(draft.title, row.agency, besides=row.pk)
    before = _facts(row)
    _put(row, draft, now)
    audit.record(
        actor, "saved_reply.changed", row, now=now, agency=row.agency, before=before,
        after=_facts(row),
    )  # fmt: skip


@transaction.atomic
def import_replies(
    rows: Sequence[tuple[int, ReplyDraft]], *, agency: Agency, actor: Staff, now: datetime
) -> tuple[int, int]:
    """(new, changed) of (row of the sheet, draft); a title that the agency has is changed. All or none:
    `Refused` names the first rows that are wrong."""
    ensure_may(actor, Permission.ANSWER_CONVERSATIONS, agency)
    if not rows:
        raise Refused(_("表格里没有内容。"), field="file")
    faults: list[str] = []
    drafts: dict[str, ReplyDraft] = {}
    for number, draft in rows:
        try:
            checked = _checked(draft)
            if checked.title in drafts:
                raise Refused(_("标题在表格里重复。"))
            drafts[checked.title] = checked
        except Refused as refusal:
            faults.append(_("第 %(row)s 行：%(why)s") % {"row": number, "why": refusal.message})
    if faults:
        more = _("……共 %(count)s 行有误") % {"count": len(faults)} if len(faults) > _TOLD else ""
        raise Refused(_("没有导入。") + "".join(faults[:_TOLD]) + more, field="file")
    known = {
        row.title: row
        for row in SavedReply.objects.select_for_update().filter(
            agency=agency, title__in=list(drafts)
        )
    }
    for title, draft in drafts.items():
        if (row := known.get(title)) is not None:
            _put(row, draft, now)
        else:
            SavedReply.objects.create(
                agency=agency, title=title, text=draft.text, is_active=draft.is_active,
                changed_at=now,
            )  # fmt: skip
    counts = {"new": len(drafts) - len(known), "changed": len(known)}
    audit.record(actor, "saved_reply.imported", agency, now=now, agency=agency, after=counts)
    return counts["new"], counts["changed"]


def count_uses(numbers: Collection[int], *, agency: Agency, now: datetime) -> None:
    """These stood in an answer in a conversation of an agency. Part of the caller's transaction."""
    rows = SavedReply.objects.filter(
        pk__in=list(numbers)[:20], agency__path__in=paths_around(agency.path)
    )
    rows.update(uses=F("uses") + 1, used_at=now)


def _put(row: SavedReply, draft: ReplyDraft, now: datetime) -> None:
    row.title, row.text, row.is_active = draft.title, draft.text, draft.is_active
    row.changed_at = now
    row.save(update_fields=["title", "text", "is_active", "changed_at"])


def _checked(draft: ReplyDraft) -> ReplyDraft:
    title, text = " ".join(draft.title.split()), draft.text.strip()
    if not title:
        raise Refused(_("请填写标题。"), field="title")
    if len(title) > LONGEST_TITLE:
        raise Refused(_("标题不超过 %(limit)s 字。") % {"limit": LONGEST_TITLE}, field="title")
    if not text:
        raise Refused(_("请填写内容。"), field="text")
    if len(text) > LONGEST_TEXT:
        raise Refused(_("内容不超过 %(limit)s 字。") % {"limit": LONGEST_TEXT}, field="text")
    if strange := unknown_places(text):
        raise Refused(
            _("没有“%(names)s”这样的变量，可以用的是：%(known)s。")
            % {"names": "、".join(strange), "known": "、".join(VARIABLES)},
            field="text",
        )
    return ReplyDraft(title, text, draft.is_active)


def _ensure_free(title: str, agency: Agency, besides: int = 0) -> None:
    if SavedReply.objects.filter(agency=agency, title=title).exclude(pk=besides).exists():
        raise Refused(_("本单位已经有标题相同的快捷回复。"), field="title")


def _facts(row: SavedReply) -> dict[str, object]:
    return {"title": row.title, "text": row.text, "is_active": row.is_active}
