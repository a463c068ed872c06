"""Filings that arise from what happened in the register, and how any filing begins, runs and ends.

The importer of sheets writes the register without these: a sheet tells of accounts that have long been
running, and thousands of filings to do would be of no use to anybody. What an imported register lacks is
told by the rule `account.unfiled`, and a filing can be begun by hand for each account.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from minxin.accounts.models import Account, FilingStep, LifecycleFiling, Status
from minxin.accounts.queries.lifecycle import (
    ENDED,
    due_after,
    is_bound,
    today_of,
    wanted_steps,
)
from minxin.accounts.rules.lifecycle import Act, Kind, Step, merged
from minxin.agencies import audit
from minxin.core.actors import Actor

NOT_FILED = frozenset({Status.PLANNED, Status.CLOSED})


def arise(
    account: Account,
    kind: Kind,
    *,
    changes: Mapping[str, Mapping[str, Any]] | None = None,
    reason: str = "",
    actor: Actor,
    now: datetime,
) -> LifecycleFiling | None:
    """File what the register was just changed by: begin a filing, or tell the one under way.

    A planned account's changes are not filed, nor those of one that is gone. A change that comes while
    another is under way joins it, and unless it is what was filed, it has to be signed and approved
    anew. Closing happens when its end is announced; everything else has happened now. The national duty
    binds the government's accounts: for others no filing begins by itself. None: nothing is to be filed.
    """
    if kind is Kind.CHANGE and account.status in NOT_FILED:
        return None
    on = None if kind is Kind.CLOSE else today_of(now)
    found = open_filing(account, kind)
    if found is None and not is_bound(account):
        return None
    if found is None:
        return start(
            account, kind, changes=changes or {}, reason=reason, is_event=True, happened_on=on,
            actor=actor, now=now,
        )  # fmt: skip
    return _join(found, changes or {}, on, actor, now)


def _join(
    filing: LifecycleFiling,
    changes: Mapping[str, Mapping[str, Any]],
    on: date | None,
    actor: Actor,
    now: datetime,
) -> LifecycleFiling:
    together = merged(filing.changes, changes)
    if not together and filing.kind == Kind.CHANGE:
        end(
            filing,
            Act.WITHDRAW,
            Step.WITHDRAWN,
            words="变更已改回，无须备案。",
            actor=actor,
            now=now,
        )
        audit.record(actor, "lifecycle.withdrawn", filing, now=now)
        return filing
    is_as_filed = together == filing.changes
    if is_as_filed and (on is None or filing.happened_on is not None):
        return filing
    fields = ["changes", "steps", "step"]
    filing.changes = together
    if not is_as_filed:
        filing.steps = [
            each.value for each in wanted_steps(filing.account, Kind(filing.kind), together)
        ]
        filing.step = Step.SIGN.value
    if on is not None and filing.happened_on is None:
        fields += run_clock(filing, on)
    filing.save(update_fields=fields)
    note(filing, Act.HAPPEN, on=on, actor=actor, now=now)
    audit.record(actor, "lifecycle.happened", filing, after={"changes": together}, now=now)
    return filing


def start(
    account: Account,
    kind: Kind,
    *,
    changes: Mapping[str, Mapping[str, Any]],
    reason: str,
    is_event: bool,
    happened_on: date | None,
    successor: str = "",
    actor: Actor,
    now: datetime,
) -> LifecycleFiling:
    """Begin a filing with the steps of the account's region; at most one of a kind is under way."""
    filing = LifecycleFiling(
        account=account, kind=kind.value, is_event=is_event, reason=reason.strip()[:1000],
        changes=dict(changes), successor=successor,
        steps=[each.value for each in wanted_steps(account, kind, changes)],
        begun_at=now, begun_by=actor.actor_name[:60],
    )  # fmt: skip
    if happened_on is not None:
        run_clock(filing, happened_on)
    filing.save(force_insert=True)
    act = Act.ARISE if is_event else Act.BEGIN
    note(filing, act, words=filing.reason, actor=actor, now=now)
    audit.record(
        actor,
        "lifecycle.arisen" if is_event else "lifecycle.begun",
        filing,
        after={"kind": kind.value, "changes": filing.changes},
        reason=filing.reason,
        now=now,
    )
    return filing


def call_off(account: Account, kind: Kind, *, actor: Actor, now: datetime) -> None:
    """Withdraw the filing under way of what will not be: closing was called off, opening given up."""
    found = open_filing(account, kind)
    if found is not None:
        end(found, Act.WITHDRAW, Step.WITHDRAWN, words="台账已恢复原状。", actor=actor, now=now)
        audit.record(actor, "lifecycle.withdrawn", found, now=now)


def settle_opening(account: Account, number: str, *, actor: Actor, now: datetime) -> None:
    """End an opening that nobody has worked on: the register was given its filing number by hand."""
    found = open_filing(account, Kind.OPEN)
    if found is None or not found.is_event or found.step != Step.SIGN:
        return
    found.number = number
    found.save(update_fields=["number"])
    end(found, Act.SETTLE, Step.DONE, words=number, actor=actor, now=now)
    audit.record(actor, "lifecycle.settled", found, after={"number": number}, now=now)


# Parts of a write ------------------------------------------------------------------------------


def open_filing(account: Account, kind: Kind) -> LifecycleFiling | None:
    """The one under way of a kind, locked until the transaction ends."""
    found = LifecycleFiling.objects.select_for_update().filter(account=account, kind=kind.value)
    return found.exclude(step__in=ENDED).first()


def run_clock(filing: LifecycleFiling, on: date) -> list[str]:
    """From this day the account is as filed; the fields it sets. A deadline given is never counted anew."""
    filing.happened_on = on
    due = due_after(filing.account, Kind(filing.kind), on)
    if due is not None:
        filing.due_on, filing.due_is_provisional = due.on, due.is_provisional
        filing.due_rule = due.rule
    return ["happened_on", "due_on", "due_is_provisional", "due_rule"]


def note(
    filing: LifecycleFiling,
    act: Act,
    *,
    on: date | None = None,
    words: str = "",
    actor: Actor,
    now: datetime,
) -> None:
    """One line in its ledger."""
    FilingStep.objects.create(
        filing=filing, act=act.value, at=now, on=on, by=actor.actor_name[:60], words=words[:1000]
    )


def end(
    filing: LifecycleFiling, act: Act, step: Step, *, words: str, actor: Actor, now: datetime
) -> None:
    """It is over, done or withdrawn."""
    filing.step, filing.ended_at = step.value, now
    filing.save(update_fields=["step", "ended_at"])
    note(filing, act, words=words, actor=actor, now=now)
