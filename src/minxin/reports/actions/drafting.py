"""Drafting, editing, signing. What was drafted from is frozen with the draft; a signature ends editing."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from minxin.agencies import audit
from minxin.agencies.models import Agency, Staff
from minxin.agencies.queries import ensure_may
from minxin.agencies.rules import Permission
from minxin.core.actors import Actor
from minxin.core.errors import Refused
from minxin.reports.models import CountedRow, Document, Version
from minxin.reports.queries import pieces_of, texts_of
from minxin.reports.rules import quarters
from minxin.reports.rules.drafts import Piece, doubts_of, piece_to_json
from minxin.reports.rules.facts import NoticeFacts, to_json
from minxin.reports.rules.kinds.quarter import report
from minxin.reports.rules.kinds.year import YearFacts, table
from minxin.reports.rules.kinds.year import to_json as year_to_json
from minxin.reports.rules.notices import RESULTS, notice
from minxin.reports.rules.presets import Preset
from minxin.reports.rules.quarters import QuarterFacts
from minxin.reports.rules.rows import Period
from minxin.supervision.models import Campaign

LONGEST = 20_000  # characters of one piece
MOST_PIECES = 900  # a page sends at most a thousand fields (DATA_UPLOAD_MAX_NUMBER_FIELDS)


def draft_notice(
    facts: NoticeFacts, preset: Preset, *, campaign: Campaign, actor: Staff, now: datetime
) -> Document:
    """A notice as generated, with the rows its numbers count; its first version is what was generated."""
    pieces = notice(facts, preset)
    with transaction.atomic():
        document = draft_document(
            Document.Kind.NOTICE, pieces, agency=campaign.agency, facts=to_json(facts),
            preset=asdict(preset), source=f"campaign:{campaign.pk}", actor=actor, now=now,
        )  # fmt: skip
        CountedRow.objects.bulk_create(_rows(document, facts), batch_size=500)
    return document


def _rows(document: Document, facts: NoticeFacts) -> list[CountedRow]:
    accounts = {each.id: each for each in facts.accounts}
    problems: dict[int, list[str]] = {}
    for each in facts.problems:
        problems.setdefault(each.account_id, []).append(each.kind)
    rows = [
        CountedRow(
            document=document, over=CountedRow.Over.ACCOUNTS, number=one.id, account_id=one.id,
            name=one.name, platform=one.platform, unit=one.unit, place=one.place,
            problem="、".join(problems.get(one.id, ()))[:200], result=RESULTS[one.result],
        )
        for one in facts.accounts
    ]  # fmt: skip
    for problem in facts.problems:
        one = accounts[problem.account_id]
        rows.append(
            CountedRow(
                document=document,
                over=CountedRow.Over.PROBLEMS,
                number=problem.id,
                account_id=one.id,
                name=one.name,
                platform=one.platform,
                unit=one.unit,
                place=one.place,
                problem=problem.kind[:200],
                seen=problem.seen[:500],
                result=RESULTS[one.result],
            )
        )
    for earlier in facts.earlier or ():
        rows.append(
            CountedRow(
                document=document,
                over=CountedRow.Over.EARLIER,
                number=earlier.id,
                name=earlier.account,
                unit=earlier.unit,
                problem=earlier.kind[:200],
                result="已整改" if earlier.is_closed else "未完成整改",
            )
        )
    return rows


def draft_quarter(
    facts: QuarterFacts, preset: Preset, *, agency: Agency, actor: Staff, now: datetime
) -> Document:
    """A quarterly report of an agency as generated, with the rows of both quarters."""
    pieces, kept, words = report(facts, preset), quarters.to_json(facts), asdict(preset)
    rows = [*kept_rows(facts.this), *kept_rows(facts.before, is_before=True)]
    with transaction.atomic():
        document = draft_document(
            Document.Kind.QUARTER, pieces, agency=agency, facts=kept, preset=words,
            source=f"quarter:{facts.year}-{facts.quarter}", actor=actor, now=now,
        )  # fmt: skip
        write_rows(document, rows)
    return document


def draft_year(
    facts: YearFacts, preset: Preset, *, agency: Agency, actor: Staff, now: datetime
) -> Document:
    """The yearly table of a unit as filled in by the system, with the rows behind its numbers."""
    pieces, kept, words = table(facts, preset), year_to_json(facts), asdict(preset)
    rows = kept_rows(facts.period)
    rows += [
        CountedRow(
            over=CountedRow.Over.ACCOUNTS, number=one.id, account_id=one.id, name=one.name,
            platform=one.platform, unit=one.unit, result=one.status,
        )
        for one in facts.accounts
    ]  # fmt: skip
    with transaction.atomic():
        document = draft_document(
            Document.Kind.YEAR, pieces, agency=agency, facts=kept, preset=words,
            source=f"year:{facts.year}", actor=actor, now=now,
        )  # fmt: skip
        write_rows(document, rows)
    return document


def kept_rows(period: Period, *, is_before: bool = False) -> list[CountedRow]:
    """The rows of a period, yet without their document: nothing is worked out while others wait to write."""
    return [
        CountedRow(
            over=each.over.value, number=each.number, is_before=is_before,
            account_id=each.account_id, name=each.name[:120], platform=each.platform[:40],
            unit=each.unit[:120], place=each.place[:120], problem=each.problem[:200],
            seen=each.seen[:500], result=each.result[:20],
        )
        for each in period.rows
    ]  # fmt: skip


def write_rows(document: Document, rows: Sequence[CountedRow]) -> None:
    """Keep them with their document, in the transaction that made it."""
    for each in rows:
        each.document = document
    CountedRow.objects.bulk_create(rows, batch_size=500)


def draft_document(
    kind: str,
    pieces: Sequence[Piece],
    *,
    agency: Agency,
    facts: Mapping[str, Any],
    actor: Actor,
    now: datetime,
    preset: Mapping[str, Any] | None = None,
    source: str = "",
) -> Document:
    """Any document of pieces; drafting twice makes two. Raises `Refused` for more than one page can edit."""
    ensure_may(actor, Permission.WRITE_REPORTS, agency)
    if not isinstance(actor, Staff):
        raise Refused(_("文稿要由工作人员起草。"))
    if len(pieces) > MOST_PIECES:
        words = _("这份文稿有 %(count)s 段，一份最多 %(most)s 段，请分成几份起草。")
        raise Refused(words % {"count": len(pieces), "most": MOST_PIECES})
    title = next((each.text for each in pieces if each.kind == "title"), "").replace("\n", "")
    with transaction.atomic():
        document = Document.objects.create(
            agency=agency, kind=kind, title=title[:200], source=source,
            preset=dict(preset or {}), facts=dict(facts), facts_sha256=_digest(facts),
            pieces=[piece_to_json(each) for each in pieces], created_at=now, created_by=actor,
        )  # fmt: skip
        Version.objects.create(
            document=document, number=1, texts={each.id: each.text for each in pieces},
            saved_at=now, saved_by=actor,
        )  # fmt: skip
        audit.record(
            actor, "document.drafted", document, now=now,
            after={"kind": kind, "source": source, "sha256": document.facts_sha256},
        )  # fmt: skip
    return document


def _digest(facts: Mapping[str, Any]) -> str:
    text = json.dumps(facts, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


@transaction.atomic
def save_texts(
    document: Document, texts: Mapping[str, str], *, revision: int, actor: Staff, now: datetime
) -> Document:
    """Keep edited texts as a new version; nothing is written when nothing changed.

    Raises `Refused` for what is signed, for a text too long, for an empty title, or when somebody else
    saved since this person opened it.
    """
    row = _open(document, Permission.WRITE_REPORTS, actor)
    known = {each.id: each for each in pieces_of(row)}
    before = texts_of(row)
    after = before | {
        key: text.replace("\r\n", "\n").replace("\0", "").strip()
        for key, text in texts.items()
        if key in known
    }
    changed = sorted(key for key, text in after.items() if text != before.get(key))
    if not changed:
        return row
    if row.revision != revision:
        raise Refused(
            _("这份文稿刚刚被别人保存过，您的内容还没有保存。请复制您的改动，刷新后再改。")
        )
    for key in changed:
        if len(after[key]) > LONGEST:
            raise Refused(_("一段最多 %(most)s 字。") % {"most": LONGEST}, field=key)
        if known[key].kind == "title" and not after[key]:
            raise Refused(_("标题不能为空。"), field=key)
    row.revision += 1
    row.title = next(
        (after[key].replace("\n", "")[:200] for key, each in known.items() if each.kind == "title"),
        row.title,
    )
    row.save(update_fields=["revision", "title"])
    number = row.versions.count() + 1
    Version.objects.create(document=row, number=number, texts=after, saved_at=now, saved_by=actor)
    audit.record(
        actor, "document.edited", row, now=now,
        before={key: before.get(key, "")[:300] for key in changed[:20]},
        after={key: after[key][:300] for key in changed[:20]},
    )  # fmt: skip
    return row


@transaction.atomic
def sign(
    document: Document, *, on: date, revision: int, stands_for_doubts: bool, actor: Staff,
    now: datetime,
) -> Document:  # fmt: skip
    """This person signs the text as it stands; from then on nothing of it changes.

    Raises `Refused` while numbers do not agree with the facts, unless she says that she looked at them;
    then they are kept with the document.
    """
    row = _open(document, Permission.SIGN_REPORTS, actor)
    if row.revision != revision:
        raise Refused(_("文稿刚刚被改过，请刷新后看过新的内容再签发。"))
    doubts = [each.sentence for each in doubts_of(pieces_of(row), texts_of(row))]
    if doubts and not stands_for_doubts:
        words = _("有 %(count)s 处数字与起草时的数据不一致，请先核对；确认无误的，勾选后再签发。")
        raise Refused(words % {"count": len(doubts)}, field="stands_for_doubts")
    row.status, row.signed_on, row.doubts = Document.Status.SIGNED, on, doubts
    row.signed_at, row.signed_by = now, actor
    row.revision += 1
    row.save()
    audit.record(
        actor, "document.signed", row, now=now, before={"status": "draft"},
        after={"status": "signed", "signed_on": on, "version": row.versions.count(),
               "doubts": doubts},
    )  # fmt: skip
    return row


@transaction.atomic
def discard(document: Document, *, reason: str, actor: Staff, now: datetime) -> Document:
    """Lay a draft aside for good, and say why; it stays to be read. Raises `Refused`."""
    row = _open(document, Permission.WRITE_REPORTS, actor)
    if len(reason.strip()) < 2:
        raise Refused(_("请写明作废的理由。"), field="reason")
    row.status, row.reason = Document.Status.DISCARDED, reason.strip()[:300]
    row.discarded_at, row.discarded_by = now, actor
    row.save(update_fields=["status", "reason", "discarded_at", "discarded_by"])
    audit.record(
        actor, "document.discarded", row, now=now, before={"status": "draft"},
        after={"status": "discarded"}, reason=reason,
    )  # fmt: skip
    return row


def _open(document: Document, permission: Permission, actor: Staff) -> Document:
    row = Document.objects.select_for_update().select_related("agency").get(pk=document.pk)
    ensure_may(actor, permission, row.agency)
    if not row.is_draft:
        raise Refused(_("这份文稿已经签发或作废，不能再改。"))
    return row
