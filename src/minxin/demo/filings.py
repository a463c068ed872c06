"""A few filings of the fictional city, each at another place of its way."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings

from minxin.accounts import actions
from minxin.accounts.actions import FilingTold, StepTaken
from minxin.accounts.filing_presets import FOLDER
from minxin.accounts.models import Account, LifecycleFiling, Status
from minxin.accounts.rules.lifecycle import Kind, Step
from minxin.agencies.models import Agency, Staff
from minxin.core.actors import System
from minxin.demo import sheets
from minxin.demo.updates import INSPECTOR
from minxin.supervision.rules.clock import day_of, midnight

SYSTEM = System("demo")


def play_filings(now: datetime) -> int:
    """Begin them and walk their steps, days ago, under a rule of the city's own; how many there are."""
    own = Path(settings.MINXIN_HOME) / FOLDER / "yunxi-demo.toml"
    if not own.exists():
        own.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        own.write_bytes(sheets.file("filing_preset.toml"))
    rows = sheets.script("filings")
    for row in rows:
        _play(row, now)
    return len(rows)


def _play(row: dict[str, Any], now: datetime) -> None:
    clerk = Staff.objects.get(username=row["clerk"])
    inspector = Staff.objects.get(username=INSPECTOR)
    begun = _ago(now, row["days_ago"])
    if "register" in row:
        actions.register(
            agency=Agency.objects.get(code=row["register"]), name=row["name"],
            platform=row["platform"], positioning="信息公开、办事服务", status=Status.PLANNED,
            actor=SYSTEM, now=begun,
        )  # fmt: skip
    account = Account.objects.get(name=row["name"], platform=row["platform"])
    told = FilingTold(
        reason=row["reason"], name=row.get("new_name", ""), successor=row.get("successor", "")
    )
    filing = actions.begin_filing(account, Kind(row["kind"]), told, actor=clerk, now=begun)
    for name, days, *words in row["steps"]:
        step, at = Step(name), _ago(now, days)
        taken = _taken(step, at, words[0] if words else "")
        person = inspector if step is Step.APPROVE else clerk
        actions.take_step(_fresh(filing), step, taken, actor=person, now=at)


def _fresh(filing: LifecycleFiling) -> LifecycleFiling:
    return LifecycleFiling.objects.get(pk=filing.pk)


def _taken(step: Step, at: datetime, words: str) -> StepTaken:
    field = {Step.SIGN: "person", Step.ANNOUNCE: "url", Step.REPORT: "number"}.get(step)
    return StepTaken(on=day_of(at), **({field: words} if field else {}))


def _ago(now: datetime, days: int) -> datetime:
    """Nine in the morning of that day."""
    return midnight(day_of(now) - timedelta(days=days)) + timedelta(hours=9)
