"""What colleagues do for each other in a conversation: say that one is writing, notes, tags."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from minxin.agencies import audit
from minxin.agencies.models import Agency, Staff
from minxin.agencies.queries import ensure_may
from minxin.agencies.rules import Permission
from minxin.conversations.actions.attending import ensure_answers
from minxin.conversations.models import Dialogue, Note, Tag, Tagging, Writing
from minxin.conversations.queries.desk import tags_for
from minxin.conversations.rules import WRITING
from minxin.core.errors import Refused

LONGEST_NOTE = 1000
LONGEST_TAG = 20
MOST_TAGS = 10


def note_writing(dialogue: Dialogue, *, has_words: bool, actor: Staff, now: datetime) -> None:
    """Somebody has words in the box, or none any more. A hint to colleagues, never a lock; not audited,
    for nothing of it stays."""
    ensure_answers(actor, dialogue)
    if has_words:
        Writing.objects.update_or_create(dialogue=dialogue, staff=actor, defaults={"at": now})
    else:
        Writing.objects.filter(dialogue=dialogue, staff=actor).delete()
    Writing.objects.filter(at__lte=now - 4 * WRITING).delete()


@transaction.atomic
def add_note(dialogue: Dialogue, text: str, *, key: str, actor: Staff, now: datetime) -> Note:
    """Tell colleagues something in a conversation; the citizen never sees it. Once for each `key`."""
    ensure_answers(actor, dialogue)
    known = Note.objects.filter(key=key).first()
    if known is not None:
        return known
    text = text.strip()
    if not text:
        raise Refused(_("请填写备注。"), field="note")
    if len(text) > LONGEST_NOTE:
        raise Refused(_("备注不超过 %(limit)s 字。") % {"limit": LONGEST_NOTE}, field="note")
    note = Note.objects.create(dialogue=dialogue, staff=actor, key=key, text=text, at=now)
    audit.record(actor, "dialogue.noted", dialogue, now=now, agency=dialogue.account.agency)
    return note


@transaction.atomic
def put_tag(dialogue: Dialogue, name: str, *, actor: Staff, now: datetime) -> Tag:
    """Put a tag on a conversation: one of the list of its agency, or a new word, which joins that list."""
    agency = dialogue.owner
    ensure_answers(actor, dialogue)
    name = _tag_name(name)
    tag = tags_for(agency).filter(name=name).first()
    if tag is None:
        tag = _add(name, agency=agency, actor=actor, now=now)
    if Tagging.objects.filter(dialogue=dialogue, tag=tag).exists():
        return tag
    if Tagging.objects.filter(dialogue=dialogue).count() >= MOST_TAGS:
        raise Refused(_("一个会话最多 %(most)s 个标签。") % {"most": MOST_TAGS}, field="tag")
    Tagging.objects.get_or_create(dialogue=dialogue, tag=tag, defaults={"at": now})
    audit.record(
        actor, "dialogue.tagged", dialogue, now=now, agency=agency, after={"tag": tag.name}
    )
    return tag


@transaction.atomic
def take_tag(dialogue: Dialogue, tag_id: int, *, actor: Staff, now: datetime) -> None:
    """Take a tag off a conversation; nothing when it carries none such."""
    agency = dialogue.owner
    ensure_answers(actor, dialogue)
    row = Tagging.objects.filter(dialogue=dialogue, tag=tag_id).select_related("tag").first()
    if row is None:
        return
    row.delete()
    audit.record(
        actor, "dialogue.untagged", dialogue, now=now, agency=agency, before={"tag": row.tag.name}
    )


@transaction.atomic
def add_tag(name: str, *, agency: Agency, actor: Staff, now: datetime) -> Tag:
    """A new word in an agency's list; `Refused` when it is there, or comes from above."""
    ensure_may(actor, Permission.ANSWER_CONVERSATIONS, agency)
    name = _tag_name(name)
    if tags_for(agency).filter(name=name).exists():
        raise Refused(_("“%(name)s”已经在用。") % {"name": name}, field="name")
    return _add(name, agency=agency, actor=actor, now=now)


@transaction.atomic
def change_tag(tag: Tag, *, name: str, is_active: bool, actor: Staff, now: datetime) -> None:
    """Rename a tag, everywhere it stands, or take it out of use; it stays where it was put."""
    ensure_may(actor, Permission.ANSWER_CONVERSATIONS, tag.agency)
    before = {"name": tag.name, "is_active": tag.is_active}
    tag.name, tag.is_active = _tag_name(name), is_active
    if Tag.objects.filter(agency=tag.agency_id, name=tag.name).exclude(pk=tag.pk).exists():
        raise Refused(_("“%(name)s”已经在用。") % {"name": tag.name}, field="name")
    tag.save(update_fields=["name", "is_active"])
    after = {"name": tag.name, "is_active": is_active}
    audit.record(actor, "dialogue_tag.changed", tag, now=now, before=before, after=after)


def _add(name: str, *, agency: Agency, actor: Staff, now: datetime) -> Tag:
    """A word that was taken out of use comes back."""
    tag, is_new = Tag.objects.get_or_create(agency=agency, name=name)
    if not is_new:
        tag.is_active = True
        tag.save(update_fields=["is_active"])
    audit.record(actor, "dialogue_tag.added", tag, now=now, agency=agency, after={"name": name})
    return tag


def _tag_name(words: str) -> str:
    name = " ".join(words.split())
    if not name:
        raise Refused(_("请填写标签。"), field="tag")
    if len(name) > LONGEST_TAG:
        raise Refused(_("标签不超过 %(limit)s 字。") % {"limit": LONGEST_TAG}, field="tag")
    return name
