"""Who belongs to a campaign: the list that is drawn from, its strata, its sample, and what changed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet

from minxin.accounts.models import Account, Affiliation, Level, Platform
from minxin.agencies.models import Agency, Membership, Staff
from minxin.agencies.queries import paths_of, staff_who_may
from minxin.agencies.rules import Permission, roles_with
from minxin.core.divisions import stem
from minxin.supervision.models import Campaign, CampaignInspector, Inspection
from minxin.supervision.packs import Library
from minxin.supervision.queries.updates import bound_of
from minxin.supervision.rules.assigning import Inspector
from minxin.supervision.rules.inspection import CODES, LINES, State
from minxin.supervision.rules.packs import BOUND_STATUSES, applicable, is_fallback
from minxin.supervision.rules.sampling import Design, Member, allocate, draw, sizes_of

NOT_SAID = "—"
_ENDINGS = ("人民政府办公室", "人民政府")


@dataclass(frozen=True, slots=True)
class Row:
    """One account of the list, as it is frozen."""

    account: int
    name: str
    platform: str
    agency: int
    unit: str
    region: str
    level: str
    stratum: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        return {
            "account": self.account, "name": self.name, "platform": self.platform,
            "agency": self.agency, "unit": self.unit, "region": self.region, "level": self.level,
            "stratum": list(self.stratum),
        }  # fmt: skip


def row_from(value: Mapping[str, Any]) -> Row:
    """A row as it was frozen."""
    return Row(**{**value, "stratum": tuple(value["stratum"])})


def digest_of(members: Sequence[Mapping[str, Any]]) -> str:
    """SHA-256 of a frozen list: of its JSON with sorted keys, without spaces, in UTF-8."""
    text = json.dumps(members, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def region_of(account: Account) -> str:
    """Where an account is: its own place or its host's."""
    return account.region_code or account.agency.region_code


def accounts_of(agency: Agency, region_code: str = "") -> list[Account]:
    """The accounts a campaign may be about: in use, of the government's system, below an agency, in a
    division or below it."""
    return [
        each
        for each in _living(agency).filter(affiliation=Affiliation.GOVERNMENT)
        if region_of(each).startswith(stem(region_code))
    ]


def _living(agency: Agency) -> QuerySet[Account]:
    rows: QuerySet[Account] = Account.objects.under((agency.path,))
    return rows.filter(status__in=BOUND_STATUSES).select_related("agency", "filing").order_by("pk")


def unbound_count(agency: Agency) -> int:
    """How many accounts in use are left out because national rules do not bind their hosts."""
    return _living(agency).exclude(affiliation=Affiliation.GOVERNMENT).count()


def population_of(agency: Agency, region_code: str, strata: Iterable[str]) -> list[Row]:
    """The list, by the accounts' numbers."""
    keys = tuple(strata)
    return [
        Row(
            account=each.pk, name=each.name, platform=each.platform, agency=each.agency_id,
            unit=each.agency.name, region=region_of(each), level=each.level,
            stratum=tuple(_part(each, key) for key in keys),
        )
        for each in accounts_of(agency, region_code)
    ]  # fmt: skip


def _part(account: Account, key: str) -> str:
    match key:
        case "platform":
            return account.platform
        case "place":
            return region_of(account)
        case "agency":
            return str(account.agency_id)
        case "level":
            return account.level
    raise ValueError(key)


def members_of(rows: Iterable[Row]) -> list[Member]:
    """The list as the drawing knows it."""
    return [Member(each.account, each.stratum) for each in rows]


@dataclass(frozen=True, slots=True)
class Share:
    """One stratum: what it is called, how many there are, how many are drawn."""

    label: str
    size: int
    drawn: int


@dataclass(frozen=True, slots=True)
class Preview:
    """What a campaign would be, before it is opened."""

    accounts: int
    left_out: int
    shares: tuple[Share, ...]
    drawn: int
    inspectors: tuple[Staff, ...]
    unassignable: int
    packs: tuple[dict[str, Any], ...]


def preview(
    agency: Agency, region_code: str, strata: Sequence[str], design: Design, seed: str,
    inspectors: Sequence[Staff], library: Library, *, lines: Container[str] = CODES, on: date,
) -> Preview:  # fmt: skip
    """Strata and sample size, who may check, and the rules in force; nothing is written."""
    rows = population_of(agency, region_code, strata)
    members = members_of(rows)
    drawn = set(draw(members, design, seed))
    labels = Labels(rows)
    sizes = sizes_of(members)
    given = allocate(sizes, design)
    people = inspectors_as_values(inspectors)
    units = {each.account: each.agency for each in rows}
    alone = [
        number for number in drawn if all(units[number] in each.units for each in people)
    ]  # fmt: skip
    return Preview(
        accounts=len(rows),
        left_out=unbound_count(agency),
        shares=tuple(
            Share(labels.of(key, strata), sizes[key], given[key]) for key in sizes
        ),
        drawn=len(drawn),
        inspectors=tuple(inspectors),
        unassignable=len(alone),
        packs=packs_in_force(agency, region_code, library, lines=lines, on=on),
    )  # fmt: skip


class Labels:
    """The names of strata: of platforms, places, units, levels."""

    def __init__(self, rows: Iterable[Row]) -> None:
        rows = list(rows)
        self.units = {str(each.agency): each.unit for each in rows}
        self.places = place_names({each.region for each in rows})

    def of(self, stratum: Sequence[str], keys: Sequence[str]) -> str:
        parts = [
            self.part(key, value) for key, value in zip(keys, stratum, strict=True)
        ]  # fmt: skip
        return " · ".join(parts)

    def part(self, key: str, value: str) -> str:
        match key:
            case "platform":
                return str(dict(Platform.choices).get(value, value))
            case "place":
                return self.places.get(value, value) or NOT_SAID
            case "agency":
                return self.units.get(value, value)
        return str(dict(Level.choices).get(value, value)) or NOT_SAID


def place_names(codes: Iterable[str]) -> dict[str, str]:
    """What places are called: after the highest agency of each, without the word for its office."""
    found: dict[str, str] = {}
    rows = Agency.objects.filter(region_code__in=set(codes))
    for each in sorted(rows, key=lambda one: (one.path.count("/"), one.pk)):
        if each.region_code in found:
            continue
        name = each.name
        for ending in _ENDINGS:
            name = name.removesuffix(ending)
        found[each.region_code] = name or each.name
    return found


def packs_in_force(
    agency: Agency, region_code: str, library: Library, *, lines: Container[str] = CODES, on: date
) -> tuple[dict[str, Any], ...]:
    """The rules of these lines of the check table that hold for these accounts on a day, each told once, with the places
    that fall back on it for want of a rule of their own."""
    found: dict[str, dict[str, Any]] = {}
    for account in accounts_of(agency, region_code):
        bound = bound_of(account)
        for line in LINES:
            if not line.machine or line.code not in lines:
                continue
            packs = applicable(library.of(line.code), bound, on=on)
            for pack in packs:
                told = found.setdefault(
                    pack.id,
                    {
                        "id": pack.id, "indicator": line.code, "title": pack.title,
                        "version": pack.version, "certainty": pack.certainty.value,
                        "document": pack.document, "article": pack.article, "fallback": [],
                    },
                )  # fmt: skip
                if line.code == "update.stale" and is_fallback(packs):
                    place = bound.region_code
                    if place not in told["fallback"]:
                        told["fallback"].append(place)
    return tuple(found[key] for key in sorted(found))


# Who checks ------------------------------------------------------------------------------------


def eligible(agency: Agency) -> QuerySet[Staff]:
    """Who may check the accounts below an agency."""
    return staff_who_may(Permission.CONFIRM_CANDIDATES, agency).order_by("pk")


def possible_inspectors(staff: Staff) -> QuerySet[Staff]:
    """Whom a person may ask to check in some campaign of hers: who supervises there, or above it."""
    found = set()
    for agency in Agency.objects.filter(path__in=paths_of(staff, Permission.CONFIRM_CANDIDATES)):
        found |= set(eligible(agency).values_list("pk", flat=True))
    there = Membership.objects.visible_to(staff, Permission.CONFIRM_CANDIDATES).filter(
        role__in=roles_with(Permission.CONFIRM_CANDIDATES), agency__is_active=True
    )
    found |= set(there.values_list("staff_id", flat=True))
    return Staff.objects.filter(pk__in=found, is_active=True).order_by("pk")


def units_of(people: Iterable[Staff]) -> dict[int, frozenset[int]]:
    """Whose accounts each person does not check: her home's, the agency of her oldest role, and of every
    agency in which she has another duty than to supervise."""
    people = list(people)
    found: dict[int, set[int]] = {each.pk: set() for each in people}
    supervising = roles_with(Permission.CONFIRM_CANDIDATES)
    rows = Membership.objects.filter(staff__in=people, agency__is_active=True).order_by("id")
    for person, agency, role in rows.values_list("staff_id", "agency_id", "role"):
        if not found[person] or role not in supervising:
            found[person].add(agency)
    return {person: frozenset(own) for person, own in found.items()}


def inspectors_as_values(
    people: Sequence[Staff], loads: Mapping[int, int] | None = None
) -> list[Inspector]:
    """People as the sharing of work knows them."""
    own, loads = units_of(people), loads or {}
    return [Inspector(each.pk, own[each.pk], loads.get(each.pk, 0)) for each in people]


def working_inspectors(campaign: Campaign) -> list[Staff]:
    """Who checks in a campaign and still may: has not left it, nor the office, nor lost the duty."""
    rows = CampaignInspector.objects.filter(campaign=campaign, left_at=None)
    able = eligible(campaign.agency).filter(pk__in=rows.values("staff"))
    return list(able)


def orphans_of(campaign: Campaign) -> list[Inspection]:
    """What waits and nobody will check: unassigned, its inspector gone, or of her own unit by now."""
    people = working_inspectors(campaign)
    own = units_of(people)
    rows = Inspection.objects.filter(campaign=campaign, state=State.WAITING.value)
    return [
        each
        for each in rows.select_related("account__agency", "inspector").order_by("id")
        if each.inspector_id not in own or each.account.agency_id in own[each.inspector_id]
    ]


# What changed since -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Drift:
    """What happened to the accounts since the list was frozen. The list and its figures stay."""

    added: tuple[Account, ...]
    gone: tuple[Inspection, ...]
    moved: tuple[tuple[Inspection, str], ...]

    def __bool__(self) -> bool:
        return bool(self.added or self.gone or self.moved)


def drift_of(campaign: Campaign) -> Drift:
    """Accounts registered since, closed since, handed to another host since."""
    known = {each["account"] for each in campaign.population.members}
    added = [
        each for each in accounts_of(campaign.agency, campaign.region_code) if each.pk not in known
    ]
    rows = list(
        Inspection.objects.filter(campaign=campaign)
        .select_related("account__agency")
        .order_by("id")
    )
    return Drift(
        tuple(added),
        tuple(
            each
            for each in rows
            if each.account.status not in BOUND_STATUSES and each.state != State.WITHDRAWN.value
        ),
        tuple(
            (each, each.account.agency.name)
            for each in rows
            if each.account.agency_id != each.agency_id
        ),
    )
