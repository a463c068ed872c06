"""A confirmed problem of an account is opened as a finding, once."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from minxin.accounts.models import Account
from minxin.agencies.models import Staff
from minxin.agencies.queries import ensure_may
from minxin.agencies.rules import Permission
from minxin.core.errors import Refused
from minxin.supervision.actions.ledger import write_step
from minxin.supervision.actions.records import Fresh, keep_evidence
from minxin.supervision.models import Candidate, Evidence, Finding
from minxin.supervision.rules.packs import Severity
from minxin.supervision.rules.rectification import SHORTEST_REASON, Act, Origin, State


@transaction.atomic
def open_finding(
    *,
    actor: Staff,
    now: datetime,
    account: Account,
    indicator: str,
    title: str,
    severity: Severity | str,
    origin: Origin | str,
    origin_key: str = "",
    candidate: Candidate | None = None,
    evidence: Evidence | None = None,
    facts: Mapping[str, Any] | None = None,
) -> Finding:
    """Open a finding of an account; the same candidate, or the same key of an origin, opens it once.

    `title` is Chinese. `facts` are JSON: they fill the indicator's sentence, or say it in `detail`.
    The second time the first one's finding is the answer and nothing is written. Raises `NotFound` for
    who may not confirm problems of this account, `Refused` for a title or evidence that cannot be.
    """
    ensure_may(actor, Permission.CONFIRM_CANDIDATES, account.agency)
    severity, origin = Severity(severity), Origin(origin)
    title = title.replace("\0", "").strip()
    if not title:
        raise Refused(_("请写明是什么问题。"), field="title")
    if evidence is not None and evidence.account_id != account.pk:
        raise Refused(_("这份证据属于另一个账号。"), field="evidence")
    if candidate is not None and candidate.account_id != account.pk:
        raise ValueError("the candidate is of another account")
    Account.objects.select_for_update().get(pk=account.pk)  # two presses wait for each other
    if (found := _opened_before(origin, origin_key, candidate)) is not None:
        if found.account_id != account.pk:
            raise ValueError("the key of an origin names another account's finding")
        return found
    finding = Finding.objects.create(
        account=account, agency=account.agency, indicator=indicator, title=title[:120],
        severity=severity.value, origin=origin.value, origin_key=origin_key, candidate=candidate,
        evidence=evidence, facts=dict(facts or {}), state=State.OPEN.value,
        found_at=candidate.found_at if candidate else now, opened_at=now, opened_by=actor,
    )  # fmt: skip
    write_step(
        finding, Act.OPEN, actor=actor, now=now, evidence=evidence,
        facts={"title": finding.title, "indicator": indicator, "severity": severity.value,
               "origin": origin.value},
    )  # fmt: skip
    return finding


@transaction.atomic
def report_finding(
    account: Account, *, indicator: str, title: str, severity: Severity | str,
    facts: Mapping[str, Any], proof: Fresh | None, actor: Staff, now: datetime,
) -> Finding:  # fmt: skip
    """What a supervisor saw herself, outside of any check: opened by hand, never without evidence.

    `facts["detail"]` says in Chinese what it is. Raises `NotFound`, `Refused`.
    """
    ensure_may(actor, Permission.CONFIRM_CANDIDATES, account.agency)
    if account.status == "closed":
        raise Refused(_("账号已注销，不再登记问题。"))
    if len(str(facts.get("detail", "")).strip()) < SHORTEST_REASON:
        raise Refused(_("请写明具体情况，至少 4 个字。"), field="detail")
    if proof is None:
        raise Refused(_("请填写链接或上传截图，至少一样。"), field="link")
    kept = keep_evidence(
        account, link=proof.link, file=proof.file, note=proof.note, seen_at=proof.seen_at,
        actor=actor, now=now,
    )  # fmt: skip
    return open_finding(
        actor=actor, now=now, account=account, indicator=indicator, title=title,
        severity=severity, origin=Origin.MANUAL, evidence=kept, facts=facts,
    )  # fmt: skip


def _opened_before(origin: Origin, key: str, candidate: Candidate | None) -> Finding | None:
    if candidate is not None:
        found = Finding.objects.filter(candidate=candidate).first()
        if found is not None:
            return found
    if key:
        return Finding.objects.filter(origin=origin.value, origin_key=key).first()
    return None
