"""A named person decides: a candidate is a violation, with evidence; or it is not, with a reason."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from minxin.accounts.models import Account
from minxin.agencies import audit
from minxin.agencies.models import Staff
from minxin.agencies.queries import ensure_may
from minxin.agencies.rules import Permission
from minxin.core.errors import Refused
from minxin.supervision.actions.findings import open_finding
from minxin.supervision.actions.records import Fresh, is_still_whole, keep_evidence
from minxin.supervision.actions.standing import evaluate
from minxin.supervision.indicators import title_of
from minxin.supervision.models import Candidate, Evaluation, Evidence
from minxin.supervision.rules.clock import midnight
from minxin.supervision.rules.rectification import Origin

Status = Candidate.Status


def confirm(
    candidate: Candidate, *, evidence: Evidence | Fresh, reason: str = "", actor: Staff,
    now: datetime,
) -> None:  # fmt: skip
    """This person says that it is so, and stands for it with evidence; its finding is opened.

    What is known is weighed once more first: a late trace lets the candidate go, and confirming is
    refused. Evidence must have been seen after the limit had passed. Raises `Refused`.
    """
    ensure_may(actor, Permission.CONFIRM_CANDIDATES, candidate.account.agency)
    account = Account.objects.select_related("agency").get(pk=candidate.account_id)
    evaluate([account], now=now)
    with transaction.atomic():
        row = _open(candidate)
        level = Evaluation.objects.get(account=account, is_latest=True).level
        if row.since is not None and level not in {"overdue", "zombie"}:
            raise Refused(_("按现在掌握的情况不能确认：查看不够新，或者来源互相矛盾。请先补查。"))
        if isinstance(evidence, Evidence):
            if evidence.account_id != account.pk:
                raise Refused(_("这份证据属于另一个账号。"))
            if not is_still_whole(evidence):
                raise Refused(_("证据文件与留存时不一致，不能使用，请重新留存。"))
        if row.since is not None:
            limit = midnight(row.since) + timedelta(days=int(row.facts["limit"]))
            if evidence.seen_at < limit:
                words = _("证据是在限期之前看到的，请用限期（%(day)s）之后查看的证据。")
                raise Refused(words % {"day": f"{limit:%Y-%m-%d}"}, field="seen_at")
        if isinstance(evidence, Fresh):
            evidence = keep_evidence(
                account, link=evidence.link, file=evidence.file, note=evidence.note,
                seen_at=evidence.seen_at, actor=actor, now=now,
            )  # fmt: skip
        _decide(row, Status.CONFIRMED, reason, evidence, actor, now)
        open_finding(
            actor=actor, now=now, account=account, indicator=row.indicator,
            title=title_of(row.indicator), severity=row.severity, origin=Origin.CANDIDATE,
            candidate=row, evidence=evidence, facts=row.facts,
        )  # fmt: skip


@transaction.atomic
def dismiss(candidate: Candidate, *, reason: str, actor: Staff, now: datetime) -> None:
    """This person says that it is not so, and why. Raises `Refused`."""
    ensure_may(actor, Permission.CONFIRM_CANDIDATES, candidate.account.agency)
    if len(reason.strip()) < 4:
        raise Refused(_("请写明理由，至少 4 个字。"), field="reason")
    _decide(_open(candidate), Status.DISMISSED, reason, None, actor, now)


def _open(candidate: Candidate) -> Candidate:
    row = Candidate.objects.select_for_update().get(pk=candidate.pk)
    if row.status == Status.GONE:
        raise Refused(_("刚刚查到了新的情况，这个问题已不存在。"))
    if row.status != Status.OPEN:
        raise Refused(_("这个问题已经有人处理过。"))
    return row


def _decide(
    row: Candidate, status: Status, reason: str, evidence: Evidence | None, actor: Staff,
    now: datetime,
) -> None:  # fmt: skip
    row.status, row.reason, row.evidence = status, reason.strip()[:300], evidence
    row.decided_by, row.decided_at = actor, now
    row.save()
    after = {
        "status": status.value,
        "indicator": row.indicator,
        "rule": f"{row.pack} {row.pack_version}",
        "evidence": evidence.pk if evidence else None,
    }
    audit.record(
        actor, f"candidate.{status.value}", row.account, before={"status": "open"}, after=after,
        reason=reason, now=now,
    )  # fmt: skip
