"""Who handles what: the list in force, its versions, its draft, what would change."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, QuerySet

from minxin.agencies.models import Agency, Staff
from minxin.agencies.rules import Permission
from minxin.core.errors import NotFound
from minxin.tickets.models import (
    ImportedResponsibility,
    Matter,
    OwnershipDecision,
    Responsibility,
    ResponsibilityImport,
    ResponsibilityList,
    Ticket,
)
from minxin.tickets.rules.responsibilities import Difference, Duty, Key, Line, differences, words_of

Status = ResponsibilityList.Status


# Matters -----------------------------------------------------------------------------------------


def matters() -> QuerySet[Matter]:
    """All matters, also those no longer in use."""
    rows = Matter.objects.select_related("parent").annotate(below=Count("children"))
    return rows.order_by("path")


def matter_for(number: int) -> Matter:
    """One of them; `NotFound` otherwise."""
    found = matters().filter(pk=number).first()
    if found is None:
        raise NotFound
    return found


# Versions ----------------------------------------------------------------------------------------


def lists() -> QuerySet[ResponsibilityList]:
    """The versions, the newest first, with how many lines each has."""
    rows = ResponsibilityList.objects.select_related("drafted_by", "adopted_by")
    return rows.annotate(lines=Count("rows")).order_by("-id")


def list_for(number: int) -> ResponsibilityList:
    """One version; `NotFound` otherwise."""
    found = lists().filter(pk=number).first()
    if found is None:
        raise NotFound
    return found


def list_in_force(day: date) -> ResponsibilityList | None:
    """The version that holds on a day; None before the first."""
    adopted = ResponsibilityList.objects.filter(status=Status.ADOPTED, effective_on__lte=day)
    return adopted.order_by("-effective_on", "-id").first()


def newest_list() -> ResponsibilityList | None:
    """The version adopted last, also one that is still to take effect: what a draft is compared with."""
    adopted = ResponsibilityList.objects.filter(status=Status.ADOPTED)
    return adopted.order_by("-effective_on", "-id").first()


def draft_list() -> ResponsibilityList | None:
    """The draft; there is one at a time."""
    return lists().filter(status=Status.DRAFT).first()


def rows_of(version: ResponsibilityList | None) -> QuerySet[Responsibility]:
    """The lines of a version."""
    rows = (
        Responsibility.objects.filter(version=version) if version else Responsibility.objects.none()
    )
    return rows.select_related("matter", "agency", "version").prefetch_related("co_agencies")


def duties_based_on(phrase: str, day: date) -> list[Responsibility]:
    """The lines of the list in force on a day whose basis names a text by this phrase."""
    rows = rows_of(list_in_force(day)).filter(basis__contains=phrase)
    return list(rows.select_related("matter", "agency"))


def row_for(number: int) -> Responsibility:
    """One line; `NotFound` otherwise."""
    found = (
        Responsibility.objects.filter(pk=number)
        .select_related("matter", "agency", "version")
        .prefetch_related("co_agencies")
        .first()
    )
    if found is None:
        raise NotFound
    return found


def duties_of(version: ResponsibilityList | None) -> dict[Key, Duty]:
    """A version as plain values."""
    if version is None:
        return {}
    co: dict[int, list[int]] = {}
    through = Responsibility.co_agencies.through
    pairs = through.objects.filter(responsibility__version=version)
    for row, agency in pairs.order_by("agency_id").values_list("responsibility_id", "agency_id"):
        co.setdefault(row, []).append(agency)
    rows = Responsibility.objects.filter(version=version)
    return {
        Key(path, place): Duty(agency, tuple(co.get(number, ())), basis)
        for number, path, place, agency, basis in rows.values_list(
            "pk", "matter__path", "place", "agency_id", "basis"
        )
    }


def changes_of(version: ResponsibilityList) -> list[Difference]:
    """What a draft would change; of an adopted version what it changed."""
    before = newest_list() if version.status == Status.DRAFT else version.based_on
    return differences(duties_of(before), duties_of(version))


@dataclass(frozen=True, slots=True)
class Told:
    """A difference in words."""

    kind: str
    matter: str
    place: str
    before: str
    after: str


def told(changes: Iterable[Difference]) -> list[Told]:
    """Differences in words: agencies by their names."""
    changes = list(changes)
    wanted = {
        number
        for each in changes
        for duty in (each.before, each.after)
        if duty
        for number in (duty.agency, *duty.co)
    }
    names = dict(Agency.objects.filter(pk__in=wanted).values_list("pk", "name"))
    return [
        Told(
            each.kind, each.key.matter, each.key.place, _said(each.before, names),
            _said(each.after, names),
        )
        for each in changes
    ]  # fmt: skip


def _said(duty: Duty | None, names: Mapping[int, str]) -> str:
    if duty is None:
        return ""
    said = names.get(duty.agency, "")
    if duty.co:
        said += "（协办：" + "、".join(names.get(number, "") for number in duty.co) + "）"
    return f"{said}；{duty.basis}" if duty.basis else said


def blocks_adoption(draft: ResponsibilityList) -> ResponsibilityImport | None:
    """A sheet of which a part only is in the draft."""
    return (
        ResponsibilityImport.objects.filter(draft=draft)
        .filter(status__in=["waiting", "running", "stopped", "failed", "undoing", "undo_stopped"])
        .filter(rows__state="written")
        .distinct()
        .first()
    )


def lines_in_force(day: date) -> tuple[ResponsibilityList | None, list[Line]]:
    """The version of a day and its lines, for routing. The words of a matter are its own name and its
    keywords; lines of agencies out of use are left out."""
    version = list_in_force(day)
    if version is None:
        return None, []
    rows = Responsibility.objects.filter(version=version, agency__is_active=True)
    return version, [
        Line(number, matter, path, words_of(f"{name},{keywords}"), place, agency)
        for number, matter, path, name, keywords, place, agency in rows.values_list(
            "pk", "matter_id", "matter__path", "matter__name", "matter__keywords", "place",
            "agency_id",
        )
    ]  # fmt: skip


# What comes in -----------------------------------------------------------------------------------


def decisions_to_use(staff: Staff) -> QuerySet[OwnershipDecision]:
    """What arbitrations decided for a person's branches and the list has not answered yet, the oldest
    first. Nothing of the ticket's words is told: who keeps the list need not read tickets."""
    return _decisions(staff).filter(use=OwnershipDecision.Use.OPEN).order_by("id")


def _decisions(staff: Staff) -> QuerySet[OwnershipDecision]:
    found: QuerySet[OwnershipDecision] = OwnershipDecision.objects.visible_to(
        staff, Permission.EDIT_SETTINGS
    )
    return found.select_related("agency", "disputed_by", "category__matter", "decided_by")


def decision_for(staff: Staff, number: int) -> OwnershipDecision:
    """One of them, also one that was used; `NotFound` otherwise."""
    found = _decisions(staff).filter(pk=number).first()
    if found is None:
        raise NotFound
    return found


def responsibility_imports(staff: Staff) -> QuerySet[ResponsibilityImport]:
    """The sheets of the list that a person may see."""
    found: QuerySet[ResponsibilityImport] = ResponsibilityImport.objects.visible_to(
        staff, Permission.EDIT_SETTINGS
    )
    return found.select_related("agency", "started_by", "draft")


def responsibility_import_for(staff: Staff, number: int) -> ResponsibilityImport:
    """One of them; `NotFound` otherwise."""
    found = responsibility_imports(staff).filter(pk=number).first()
    if found is None:
        raise NotFound
    return found


def imported_rows_of(job: ResponsibilityImport) -> QuerySet[ImportedResponsibility]:
    """The lines of a sheet in their order."""
    return job.all_rows().select_related("agency").order_by("id")


def is_used(matter: Matter) -> bool:
    """Whether a version of the list or a ticket's category stands on a matter."""
    return (
        matter.responsibilities.exists()
        or Ticket.objects.filter(category__matter=matter).exists()
        or matter.children.exists()
    )
