"""What a unit says of its findings: what it did, that it is not so, that it needs more time."""

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from minxin.agencies.actions import count_fields, notify_staff
from minxin.agencies.models import FieldsAsked, Staff
from minxin.core.errors import Refused
from minxin.supervision.actions.ledger import VERBS, locked, write_step
from minxin.supervision.actions.notifying import told_of
from minxin.supervision.actions.records import Fresh, keep_evidence
from minxin.supervision.actions.standing import evaluate
from minxin.supervision.models import Defence, Evidence, Feedback, Finding
from minxin.supervision.queries.proofs import OF_UPDATES, proof_of
from minxin.supervision.rules.asking import DISPUTE, EXTENSION
from minxin.supervision.rules.clock import day_of
from minxin.supervision.rules.measures import Measure, measures_for
from minxin.supervision.rules.proofs import Proof
from minxin.supervision.rules.rectification import SHORTEST_REASON, Act

ANSWERED = gettext_noop("“%(name)s”的整改情况已反馈，请审核")
DISPUTED = gettext_noop("“%(name)s”的问题有申辩，请裁定")
ASKED = gettext_noop("“%(name)s”申请整改延期，请答复")
LONGEST = 1000


@transaction.atomic
def answer_finding(
    finding: Finding, *, measure: Measure | str, done: str, done_on: date,
    proof: Fresh | None = None, actor: Staff, now: datetime,
) -> Feedback:  # fmt: skip
    """Feed back what was done (反馈). Proof of one's own is needed where the system cannot see by itself
    that the problem is gone; what it sees is kept with the feedback. Raises `Refused`."""
    row = locked(finding, Act.ANSWER, actor=actor, now=now)
    account = row.account
    offered, _advice = measures_for(row.indicator, platform=account.platform, severity=row.severity)
    if measure not in set(offered):
        raise Refused(_("请选择整改措施。"), field="measure")
    done = _text(done, _("请写明整改情况，至少 4 个字。"), "done")
    if done_on > day_of(now):
        raise Refused(_("完成日期不能晚于今天。"), field="done_on")
    if done_on < day_of(row.found_at):
        raise Refused(_("完成日期不能早于发现问题的日期。"), field="done_on")
    seen = seen_by_the_system(row, now=now)
    if proof is None and seen.holds is not True:
        raise Refused(_("系统还不能证明问题已解决，请填写链接或上传截图，至少一样。"), field="link")
    assert row.notice is not None  # noqa: S101  (the table lets nothing be answered before its notice)
    feedback = Feedback.objects.create(
        finding=row, notice=row.notice, round=row.feedback.count() + 1,
        measure=Measure(measure).value, done=done, done_on=done_on,
        evidence=_kept(row, proof, actor, now), proof=as_kept(seen),
        is_late=row.due_at is not None and row.due_at < now, given_at=now, given_by=actor,
    )  # fmt: skip
    write_step(
        row, Act.ANSWER, actor=actor, now=now, feedback=feedback, evidence=feedback.evidence,
        facts={"measure": feedback.measure, "is_late": feedback.is_late},
    )  # fmt: skip
    _tell_who_asked(row, Act.ANSWER, ANSWERED, now)
    return feedback


@transaction.atomic
def dispute(
    finding: Finding, *, kind: Defence.Kind | str, statement: str, proof: Fresh | None,
    actor: Staff, now: datetime,
) -> Defence:  # fmt: skip
    """Say with proof that it is not so (误报), or why it should not count (申辩). The deadline stands still
    until it is decided. Raises `Refused`."""
    if kind not in Defence.Kind.values:
        raise Refused(_("请选择误报还是申辩。"), field="kind")
    statement = _text(statement, _("请写明理由，至少 4 个字。"), "statement")
    row = locked(finding, Act.DISPUTE, actor=actor, now=now, reason=statement)
    if proof is None:
        raise Refused(_("请填写链接或上传截图，至少一样。"), field="link")
    kept = _kept(row, proof, actor, now)
    assert kept is not None  # noqa: S101
    defence = Defence.objects.create(
        finding=row, kind=Defence.Kind(kind).value, statement=statement, evidence=kept,
        stated_at=now, stated_by=actor,
    )  # fmt: skip
    write_step(
        row, Act.DISPUTE, actor=actor, now=now, reason=statement, defence=defence, evidence=kept,
        facts={"kind": defence.kind},
    )  # fmt: skip
    _count(row, f"dispute:{defence.pk}", "申辩", DISPUTE, actor, now)
    _tell_who_asked(row, Act.DISPUTE, DISPUTED, now)
    return defence


@transaction.atomic
def ask_extension(
    finding: Finding, *, until: date, reason: str, actor: Staff, now: datetime
) -> None:
    """Ask for more time, before the deadline only. Raises `Refused`."""
    row = locked(finding, Act.ASK_EXTENSION, actor=actor, now=now, reason=reason)
    if row.due_at is None or until <= day_of(row.due_at):
        raise Refused(_("申请的日期要晚于现在的整改期限。"), field="until")
    if (until - day_of(now)).days > 366:
        raise Refused(_("整改期限不能超过一年。"), field="until")
    row.extension_until = until
    write_step(
        row, Act.ASK_EXTENSION, actor=actor, now=now, reason=reason,
        facts={"until": until.isoformat()},
    )  # fmt: skip
    key = f"extension:{row.pk}:{row.steps.count()}"
    _count(row, key, "延期申请", EXTENSION, actor, now)
    _tell_who_asked(row, Act.ASK_EXTENSION, ASKED, now)


# Shared ---------------------------------------------------------------------------------------


def seen_by_the_system(finding: Finding, *, now: datetime) -> Proof:
    """What the system can say now: the account is evaluated first, where that can tell."""
    is_weighed = finding.candidate_id is not None or finding.indicator in OF_UPDATES
    if is_weighed and finding.account.status != "closed":
        evaluate([finding.account], now=now)
    return proof_of(finding, now=now)


def as_kept(proof: Proof) -> dict[str, object]:
    """A proof as JSON."""
    return {"kind": proof.kind.value, "holds": proof.holds, "facts": dict(proof.facts)}


def _kept(finding: Finding, proof: Fresh | None, actor: Staff, now: datetime) -> Evidence | None:
    if proof is None:
        return None
    return keep_evidence(
        finding.account, link=proof.link, file=proof.file, note=proof.note, seen_at=proof.seen_at,
        actor=actor, now=now,
    )  # fmt: skip


def _text(given: str, missing: str, field: str) -> str:
    text = given.replace("\0", "").strip()
    if len(text) < SHORTEST_REASON:
        raise Refused(missing, field=field)
    if len(text) > LONGEST:
        raise Refused(_("最多写 %(most)s 个字。") % {"most": LONGEST}, field=field)
    return text


def _count(finding: Finding, key: str, what: str, fields: int, actor: Staff, now: datetime) -> None:
    """A unit filled in a form that nobody asked it for: what a wrong finding costs it is seen too."""
    count_fields(
        finding.account.agency, kind=FieldsAsked.Kind.DEFENCE, key=key,
        title=f"{what}：{finding.account.name} {finding.title}", fields=fields, link=told_of(finding),
        actor=actor, now=now,
    )  # fmt: skip


def _tell_who_asked(finding: Finding, act: Act, words: str, now: datetime) -> None:
    """One notice to who issued the rectification notice; the others have it on their lists."""
    if finding.notice is not None:
        notify_staff(
            [finding.notice.issued_by], words % {"name": finding.account.name},
            kind=VERBS[act], link=told_of(finding), now=now,
        )  # fmt: skip
