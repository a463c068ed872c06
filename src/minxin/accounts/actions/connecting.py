"""Connecting an account, and what the checks of a connection found: opened, seen again, closed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from minxin.accounts.actions.register import register, set_credentials
from minxin.accounts.models import Account, ConnectionFinding
from minxin.accounts.rules import FINDING_LEVELS, CheckResult, Level
from minxin.agencies.models import Agency
from minxin.core.actors import Actor


@transaction.atomic
def connect(
    *,
    account: Account | None,
    agency: Agency | None,
    name: str,
    kind: str,
    is_verified: bool,
    principal: str,
    app_id: str,
    secret: str | None,
    token: str | None,
    aes_key: str | None,
    mode: str,
    actor: Actor,
    now: datetime,
) -> Account:
    """Give an account its credentials; one that is not registered yet is entered first.

    Both or neither is written. What the register says of a known account stays as it is.
    """
    if account is None:
        assert agency is not None  # noqa: S101  (the form asks for one of the two)
        account = register(
            agency=agency,
            name=name,
            kind=kind,
            is_verified=is_verified,
            principal=principal,
            actor=actor,
            now=now,
        )
    set_credentials(
        account,
        app_id=app_id,
        secret=secret or None,
        token=token or None,
        aes_key=aes_key or None,
        mode=mode,
        actor=actor,
        now=now,
    )
    return account


@transaction.atomic
def keep_results(
    account: Account, results: Sequence[CheckResult], *, now: datetime
) -> list[ConnectionFinding]:
    """Keep what one run of the checks found; returns the findings that are new.

    A finding seen again keeps its first day; one whose check is fine now is closed; one whose check
    could not be made (`Level.SKIPPED`) stays as it is.
    """
    Account.objects.select_for_update().get(pk=account.pk)
    known = {
        each.check_name: each for each in account.findings.filter(resolved_at=None)
    }  # of this account, at most one per check
    fresh = []
    for result in results:
        found = known.get(result.check)
        if result.level is Level.OK and found is not None:
            found.resolved_at = now
            found.save(update_fields=["resolved_at"])
        elif result.level in FINDING_LEVELS:
            told = {
                "level": result.level.value,
                "sentence": result.sentence,
                "remedy": result.remedy,
                "facts": dict(result.facts),
            }
            if found is None:
                fresh.append(
                    ConnectionFinding.objects.create(
                        account=account,
                        check_name=result.check,
                        first_seen_at=now,
                        last_seen_at=now,
                        **told,
                    )
                )
            else:
                for name, value in told.items():
                    setattr(found, name, value)
                found.last_seen_at = now
                found.save(update_fields=[*told, "last_seen_at"])
    account.checked_at = now
    account.last_check = [
        {
            "check": each.check,
            "level": each.level.value,
            "sentence": each.sentence,
            "facts": dict(each.facts),
        }
        for each in results
    ]
    account.save(update_fields=["checked_at", "last_check"])
    return fresh
