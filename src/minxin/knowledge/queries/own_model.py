"""Reads of the city's own model and of what it was asked."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import QuerySet

from minxin.agencies.models import Staff
from minxin.agencies.rules import Permission
from minxin.knowledge.models import ModelCall, ModelDay, OwnModel


@dataclass(frozen=True, slots=True)
class ModelSettings:
    """What a call needs to know. `version` names these settings."""

    address: str
    model: str
    key: str
    seconds: int
    label: str = ""
    filing_number: str = ""
    for_entries: bool = False
    version: int = 0


def own_model() -> OwnModel:
    """The row; the proposal where nobody has said anything yet."""
    return OwnModel.objects.filter(pk=1).first() or OwnModel(pk=1)


def model_version() -> int:
    """A number that changes with the settings; 0 where there are none."""
    return OwnModel.objects.filter(pk=1).values_list("version", flat=True).first() or 0


def settings_of(row: OwnModel) -> ModelSettings:
    """A row as calls know it."""
    return ModelSettings(
        row.address, row.model, row.secret or "", row.seconds,
        row.label, row.filing_number, row.for_entries, row.version,
    )  # fmt: skip


def settings_in_use() -> tuple[int, ModelSettings | None]:
    """The version, and the settings where the model is on."""
    row = own_model()
    return row.version, settings_of(row) if row.is_on else None


def calls_visible_to(staff: Staff) -> QuerySet[ModelCall]:
    """What the model was asked for accounts of the branches whose model log this person may read."""
    found: QuerySet[ModelCall] = ModelCall.objects.visible_to(staff, Permission.READ_MODEL)
    return found.select_related("agency")


def calls_of_last_minute(now: datetime) -> int:
    """How many requests began within the last minute."""
    return ModelCall.objects.filter(at__gt=now - timedelta(minutes=1)).count()


def day_of(day: date) -> ModelDay:
    """What was spent on a day."""
    return ModelDay.objects.filter(pk=day).first() or ModelDay(day=day)
