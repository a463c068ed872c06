"""Word lists are data that people keep; every change of one lets the kept texts be looked through again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from minxin.agencies import audit
from minxin.agencies.models import Agency, Staff
from minxin.agencies.queries import ensure_may
from minxin.agencies.rules import Permission
from minxin.core.errors import Refused
from minxin.supervision.actions.scans import begin_scan
from minxin.supervision.models import Scan, Term, WordList
from minxin.supervision.rules.looking import SHORTEST
from minxin.supervision.rules.packs import Severity

MOST_TERMS = 50_000


@dataclass(frozen=True, slots=True)
class TermDraft:
    """An expression as somebody wrote it."""

    wrong: str
    suggestion: str = ""
    severity: Severity = Severity.MAJOR
    basis: str = ""
    valid_from: date | None = None


def fault_of(draft: TermDraft) -> tuple[str, str] | None:
    """The field and the sentence of what keeps an expression from being looked for; None when fit."""
    if len(draft.wrong.strip()) < SHORTEST:
        return "wrong", _("要查的表述至少 2 个字，太短会处处命中。")
    if len(draft.wrong.strip()) > 80:
        return "wrong", _("要查的表述不能超过 80 个字。")
    if len(draft.suggestion.strip()) > 80:
        return "suggestion", _("正确表述不能超过 80 个字。")
    if len(draft.basis.strip()) > 200:
        return "basis", _("依据不能超过 200 个字。")
    if draft.wrong.strip() == draft.suggestion.strip():
        return "suggestion", _("正确表述与要查的表述相同。")
    return None


@transaction.atomic
def add_word_list(
    *, agency: Agency, name: str, kind: str, actor: Staff, now: datetime
) -> tuple[WordList, Scan | None]:
    """A new list. One for private numbers is looked back for at once. Raises `Refused`."""
    ensure_may(actor, Permission.CONFIRM_CANDIDATES, agency)
    name = name.strip()
    if not name:
        raise Refused(_("请填写词表名称。"), field="name")
    if WordList.objects.filter(agency=agency, name=name).exists():
        raise Refused(_("这个单位已经有同名的词表。"), field="name")
    made = WordList.objects.create(
        agency=agency, name=name[:60], kind=WordList.Kind(kind), changed_at=now, changed_by=actor
    )
    audit.record(actor, "word_list.added", made, after={"name": name, "kind": kind}, now=now)
    if made.kind == WordList.Kind.PRIVACY:
        return made, _changed(made, actor, now)
    return made, None


@transaction.atomic
def put_terms(
    word_list: WordList, drafts: Sequence[TermDraft], *, actor: Staff, now: datetime
) -> Scan | None:
    """Add expressions, or write those anew that the list has; the scan that follows, None when nothing
    changed. Raises `Refused`."""
    ensure_may(actor, Permission.CONFIRM_CANDIDATES, word_list.agency)
    if word_list.kind == WordList.Kind.PRIVACY:
        raise Refused(_("个人信息按固定格式查找，不需要词条。"))
    for draft in drafts:
        if (fault := fault_of(draft)) is not None:
            raise Refused(fault[1], field=fault[0])
    there = {term.wrong: term for term in word_list.terms.select_for_update()}
    new, changed = {}, []
    for draft in drafts:
        given = {
            "suggestion": draft.suggestion.strip(), "severity": draft.severity.value,
            "basis": draft.basis.strip(), "valid_from": draft.valid_from, "is_active": True,
        }  # fmt: skip
        wrong = draft.wrong.strip()
        row = there.get(wrong)
        if row is None:
            new[wrong] = Term(word_list=word_list, wrong=wrong, **given)
        elif any(getattr(row, name) != value for name, value in given.items()):
            for name, value in given.items():
                setattr(row, name, value)
            changed.append(row)
    if len(there) + len(new) > MOST_TERMS:
        raise Refused(_("一份词表最多 50000 条。"), field="file")
    if not new and not changed:
        return None
    Term.objects.bulk_create(new.values(), batch_size=500)
    Term.objects.bulk_update(
        changed, ["suggestion", "severity", "basis", "valid_from", "is_active"], batch_size=200
    )
    after = {
        "new": len(new),
        "changed": len(changed),
        "first": [draft.wrong for draft in drafts[:5]],
    }
    audit.record(actor, "word_list.changed", word_list, after=after, now=now)
    return _changed(word_list, actor, now)


@transaction.atomic
def drop_term(term: Term, *, actor: Staff, now: datetime) -> None:
    """Look for an expression no more; what it found stays. No scan follows: less is looked for."""
    ensure_may(actor, Permission.CONFIRM_CANDIDATES, term.word_list.agency)
    if not Term.objects.filter(pk=term.pk, is_active=True).update(is_active=False):
        raise Refused(_("这个词条已经停用。"))
    audit.record(actor, "word_list.changed", term.word_list, after={"dropped": term.wrong}, now=now)


def _changed(word_list: WordList, actor: Staff, now: datetime) -> Scan:
    WordList.objects.filter(pk=word_list.pk).update(
        revision=F("revision") + 1, changed_at=now, changed_by=actor
    )
    word_list.refresh_from_db()
    return begin_scan(word_list, actor=actor, now=now)
