"""The one way a finding moves: locked, guarded by the table, written into its ledger and the audit."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db.models import Max
from django.utils.translation import gettext as _

from minxin.agencies import audit
from minxin.agencies.models import Staff
from minxin.agencies.queries import ensure_may
from minxin.core.errors import Refused
from minxin.supervision.models import (
    Defence,
    Evidence,
    Feedback,
    Finding,
    LedgerStep,
    RectificationNotice,
)
from minxin.supervision.queries.findings import PERMISSIONS, situation_of
from minxin.supervision.rules.rectification import (
    ENDED,
    Act,
    State,
    Why,
    refusal,
    state_after,
    transition,
)
from minxin.supervision.wording import BARRED

VERBS: Mapping[Act, str] = {
    Act.OPEN: "finding.opened",
    Act.ISSUE: "finding.notified",
    Act.REISSUE: "finding.notified_anew",
    Act.SIGN: "finding.signed",
    Act.ANSWER: "finding.answered",
    Act.APPROVE: "finding.passed",
    Act.RETURN: "finding.returned",
    Act.CLOSE: "finding.closed",
    Act.REOPEN: "finding.reopened",
    Act.DISPUTE: "finding.disputed",
    Act.ACCEPT: "finding.withdrawn",
    Act.UPHOLD: "finding.upheld",
    Act.ASK_EXTENSION: "finding.extension_asked",
    Act.GRANT: "finding.extension_granted",
    Act.REFUSE: "finding.extension_refused",
    Act.SETTLE: "finding.settled",
}
LONGEST_REASON = 1000


def locked(finding: Finding, act: Act, *, actor: Staff, now: datetime, reason: str = "") -> Finding:
    """The finding's row, locked until the transaction ends, once the table lets this step be taken.

    Raises `NotFound` for who may not, `Refused` in words for what may not be now.
    """
    row = Finding.objects.select_for_update().get(pk=finding.pk)
    ensure_may(actor, PERMISSIONS[transition(act).side], row.account.agency)
    why = refusal(act, situation_of(row, actor, now=now), reason=reason)
    if why is not None:
        raise Refused(str(BARRED[why]), field="reason" if why is Why.NO_REASON else "")
    if len(reason) > LONGEST_REASON:
        raise Refused(_("最多写 %(most)s 个字。") % {"most": LONGEST_REASON}, field="reason")
    return row


def write_step(
    row: Finding,
    act: Act,
    *,
    actor: Staff,
    now: datetime,
    reason: str = "",
    facts: Mapping[str, Any] | None = None,
    notice: RectificationNotice | None = None,
    feedback: Feedback | None = None,
    defence: Defence | None = None,
    evidence: Evidence | None = None,
) -> LedgerStep:
    """Move a locked finding, whose other fields the caller has set, and write who did it and why."""
    before = "" if act is Act.OPEN else row.state
    after = State.OPEN if act is Act.OPEN else state_after(act, State(row.state))
    row.state = after.value
    row.ended_at = now if after in ENDED else None
    if act is not Act.ASK_EXTENSION:
        row.extension_until = None
    row.save()
    last = row.steps.aggregate(last=Max("position"))["last"] or 0
    reason = reason.replace("\0", "").strip()
    step = LedgerStep.objects.create(
        finding=row, position=last + 1, act=act.value, before=before, after=after.value, at=now,
        by=actor, reason=reason, facts=dict(facts or {}), notice=notice, feedback=feedback,
        defence=defence, evidence=evidence,
    )  # fmt: skip
    said = {"state": after.value, "due_at": row.due_at, **(facts or {})}
    if notice is not None:
        said["number"] = notice.number
    audit.record(
        actor, VERBS[act], row, agency=row.account.agency,
        before={"state": before} if before else None, after=said, reason=reason, now=now,
    )  # fmt: skip
    return step
