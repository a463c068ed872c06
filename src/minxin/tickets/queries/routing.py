"""To whom a ticket belongs: what the rules, the list and the classifier say, and what waits for a person."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Case, Count, F, Q, QuerySet, When
from django.utils import timezone
from django.utils.translation import gettext as _

from minxin.accounts.models import Account
from minxin.agencies.models import Agency, Staff
from minxin.agencies.rules import Permission
from minxin.core.errors import NotFound
from minxin.text.classifier import Classifier, Guess
from minxin.tickets.models import (
    Category,
    Correction,
    Dispatch,
    ResponsibilityList,
    RouterModel,
    RoutingRule,
    RoutingSetting,
    Ticket,
)
from minxin.tickets.queries.responsibilities import lines_in_force, list_in_force
from minxin.tickets.queries.router import adopted_router, classifier_of
from minxin.tickets.rules import OVER
from minxin.tickets.rules.responsibilities import Found, Line, lines_for
from minxin.tickets.rules.routing import (
    DEFAULT_THRESHOLD,
    SHOWN,
    Candidate,
    Conditions,
    Decided,
    Example,
    Request,
    Rule,
    combined,
    first,
    reliability,
)

Status = Dispatch.Status
READ_AT_MOST = 10  # guesses of the classifier that are weighed


# Rules -------------------------------------------------------------------------------------------


def routing_rules() -> QuerySet[RoutingRule]:
    """All rules in their order, also those that are off."""
    rows = RoutingRule.objects.select_related("agency", "category", "account", "changed_by")
    return rows.annotate(tests=Count("examples")).order_by("position", "id")


def routing_rule_for(number: int) -> RoutingRule:
    """One of them; `NotFound` otherwise."""
    found = routing_rules().filter(pk=number).first()
    if found is None:
        raise NotFound
    return found


def conditions_of(row: RoutingRule) -> Conditions:
    """What a rule asks for, as a plain value."""
    return Conditions(
        words=row.words, without=row.without, places=row.places, nature=row.nature,
        category=row.category_id, account=row.account_id, from_time=row.from_time,
        until_time=row.until_time, valid_from=row.valid_from, valid_until=row.valid_until,
    )  # fmt: skip


def rules_on() -> list[Rule]:
    """The rules that hold, in their order; those of agencies out of use are passed over."""
    rows = RoutingRule.objects.filter(is_on=True, agency__is_active=True)
    return [Rule(row.pk, row.name, conditions_of(row), row.agency_id) for row in rows]


def examples_of(rows: Sequence[RoutingRule]) -> list[Example]:
    """The examples of rules. What is not words or place is taken to be as the rule asks for."""
    found = []
    for row in rows:
        for each in row.examples.all():
            request = Request(
                each.text, each.place, row.nature, row.category_id, row.account_id, None
            )
            found.append(Example(each.pk, row.pk, request, each.is_met))
    return found


# Proposals ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Standing:
    """What requests are routed by at a moment: rules, the list in force and how far it is trusted, the
    model in use. Read once for many."""

    rules: tuple[Rule, ...]
    version: ResponsibilityList | None
    lines: tuple[Line, ...]
    trust: float
    model: RouterModel | None
    classifier: Classifier | None


def standing(*, now: datetime, with_model: bool = True) -> Standing:
    """As it stands now. `with_model=False` reads no file: for whoever must not wait."""
    version, lines = lines_in_force(timezone.localtime(now).date())
    row = adopted_router() if with_model else None
    trust = trust_in_list() if lines else 0.0
    return Standing(tuple(rules_on()), version, tuple(lines), trust, row, classifier_of(row))


@dataclass(frozen=True, slots=True)
class Proposed:
    """What is known of whom a request belongs to. `candidates` are at most three, the best first;
    `decided`, `found` and `guesses` what rules, list and classifier said each for itself."""

    candidates: tuple[Candidate, ...]
    decided: Decided | None
    found: tuple[Found, ...]
    guesses: tuple[Guess, ...]
    version: ResponsibilityList | None
    model: RouterModel | None
    has_model: bool

    @property
    def best(self) -> Candidate | None:
        return self.candidates[0] if self.candidates else None

    @property
    def listed(self) -> int | None:
        """What the list alone says."""
        return self.found[0].line.agency if self.found else None

    @property
    def caveat(self) -> str:
        """What these proposals do not rest on, in words; "" when on everything."""
        if self.has_model:
            return ""
        if self.model is not None:
            return _("分派模型的文件不在或已损坏，建议只按规则和职责清单。")
        return _("还没有采用分派模型，建议只按规则和职责清单。")


def request_of(
    text: str, place: str, nature: str, category: Category | None, account: Account, at: datetime
) -> Request:
    """A request as the rules look at it."""
    number = category.pk if category else None
    return Request(text, place, nature, number, account.pk, timezone.localtime(at))


def is_routing(day: datetime) -> bool:
    """Whether there is anything to route by: a rule that is on, a list in force, a model in use."""
    return (
        RoutingRule.objects.filter(is_on=True).exists()
        or list_in_force(timezone.localtime(day).date()) is not None
        or adopted_router() is not None
    )


def propose(request: Request, by: Standing, *, category: Category | None = None) -> Proposed:
    """The three agencies a request may belong to, the best first, each with how surely and by which words.

    A rule that is met decides alone. Else the list's first line and the classifier are weighed together
    (`rules.routing.combined`).
    """
    decided = first(by.rules, request)
    matter = category.matter_id if category else None
    matters = frozenset({matter} if matter else ())
    found = lines_for(by.lines, text=request.text, place=request.place, matters=matters)
    guesses, known = _guesses(by.classifier, request)
    candidates: list[Candidate] = []
    if decided is not None:
        candidates.append(Candidate(decided.rule.agency, None, "rule", decided.words))
    candidates += _weighed(found, by.trust, guesses, known)
    if category and category.agency and category.agency.is_active:
        words = (category.name,)
        candidates.append(Candidate(category.agency.pk, None, "category", words))
    best: dict[int, Candidate] = {}
    for each in candidates:
        best.setdefault(each.agency, each)
    return Proposed(
        tuple(best.values())[:SHOWN], decided, tuple(found[:SHOWN]), tuple(guesses[:SHOWN]),
        by.version, by.model, by.classifier is not None,
    )  # fmt: skip


def _guesses(classifier: Classifier | None, request: Request) -> tuple[list[Guess], dict[str, int]]:
    """What the classifier says of agencies in use, and their numbers by code."""
    if classifier is None:
        return [], {}
    said = classifier.top(text_of(request.text, request.place), READ_AT_MOST)
    active = Agency.objects.filter(is_active=True, code__in=[each.label for each in said])
    known = dict(active.values_list("code", "pk"))
    return [each for each in said if each.label in known], known


def text_of(text: str, place: str) -> str:
    """What of a ticket the classifier reads, learning and asked."""
    return f"{text} {place}".strip()


def _weighed(
    found: Sequence[Found], trust: float, guesses: Sequence[Guess], known: dict[str, int]
) -> list[Candidate]:
    chances = {known[each.label]: each.probability for each in guesses}
    spoken = {known[each.label]: each.words for each in guesses}
    listed = found[0].line.agency if found else None
    by_list: dict[int, tuple[str, ...]] = {}
    for each in found:
        by_list.setdefault(each.line.agency, _list_words(each))
    candidates = []
    for agency, confidence in combined(listed, trust, chances):
        is_listed, is_guessed = agency == listed, agency in chances
        source = "both" if is_listed and is_guessed else "list" if is_listed else "model"
        words = (by_list[agency] if is_listed else ()) + (spoken.get(agency, ()))
        unique = tuple(dict.fromkeys(words))[:6]
        candidates.append(Candidate(agency, round(confidence, 4), source, unique))
    there = {each.agency for each in candidates}
    candidates += [
        Candidate(agency, None, "list", words)
        for agency, words in by_list.items()
        if agency not in there
    ]
    return candidates


def _list_words(found: Found) -> tuple[str, ...]:
    place = (found.line.place,) if found.line.place else ()
    matter = (found.line.matter_path.rsplit("/", 1)[-1],) if found.by_category else ()
    return (*found.words, *place, *matter)


def trust_in_list() -> float:
    """How often what the list says is right: of the tickets whose agency is settled, those it was right of."""
    settled = Q(status=Status.CHOSEN) | Q(status=Status.ASSIGNED, ticket__status__in=OVER)
    counted = Dispatch.objects.filter(settled, listed__isnull=False).aggregate(
        seen=Count("id"), kept=Count("id", filter=Q(agency=F("listed")))
    )
    return reliability(counted["kept"], counted["seen"])


def proposed_for(ticket: Ticket, by: Standing) -> Proposed:
    """`propose` for a ticket that is there."""
    request = request_of(
        ticket.text, ticket.place, ticket.nature, ticket.category, ticket.account, ticket.filed_at
    )
    return propose(request, by, category=ticket.category)


def threshold_for(account: Account) -> float:
    """From how sure on the system assigns by itself: the region's, else that for all, else ours."""
    region = account.region_code or account.agency.region_code
    row = (
        RoutingSetting.objects.filter(region_code__in={region, ""})
        .order_by(Case(When(region_code="", then=1), default=0))
        .first()
    )
    return row.threshold if row else DEFAULT_THRESHOLD


def routing_settings() -> QuerySet[RoutingSetting]:
    """The thresholds that were set."""
    return RoutingSetting.objects.select_related("changed_by")


# What waits --------------------------------------------------------------------------------------


def to_dispatch(staff: Staff) -> QuerySet[Dispatch]:
    """待派单: the tickets of a person's branches that the system left to a person, or has not looked at yet."""
    found: QuerySet[Dispatch] = Dispatch.objects.visible_to(staff, Permission.ASSIGN_TICKETS)
    return found.filter(
        status__in=[Status.ASKED, Status.WAITING], ticket__status="submitted",
        ticket__merged_into=None,
    ).select_related("ticket__agency", "ticket__category", "ticket__account")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Choice:
    """One agency that may be chosen, in words."""

    agency: Agency
    percent: int | None
    source: str
    words: tuple[str, ...]


def choices_of(rows: Sequence[Dispatch]) -> dict[int, list[Choice]]:
    """What was proposed for tickets, by the number of the dispatch; agencies out of use are left out."""
    wanted = {each["agency"] for row in rows for each in row.proposals}
    agencies = Agency.objects.filter(is_active=True).in_bulk(list(wanted))
    labels = dict(Dispatch.Source.choices)
    return {
        row.pk: [
            Choice(
                agencies[each["agency"]],
                None if each["confidence"] is None else int(each["confidence"] * 100),
                str(labels.get(each["source"], "")),
                tuple(each["words"]),
            )
            for each in row.proposals
            if each["agency"] in agencies
        ]
        for row in rows
    }


def dispatch_of(ticket: Ticket) -> Dispatch | None:
    """How a ticket found, or is to find, its agency."""
    return Dispatch.objects.filter(ticket=ticket).select_related("agency", "decided_by").first()


def waiting_for_proposals(limit: int) -> list[Dispatch]:
    """The tickets that the router has not looked at, the oldest first."""
    rows = Dispatch.objects.filter(status=Status.WAITING).select_related(
        "ticket__category__agency", "ticket__account__agency", "ticket__agency"
    )
    return list(rows.order_by("id")[:limit])


def has_waiting() -> bool:
    """Whether the router has anything to look at."""
    return Dispatch.objects.filter(status=Status.WAITING).exists()


def corrections_of(ticket: Ticket) -> QuerySet[Correction]:
    """What people chose for a ticket, the newest first."""
    rows = Correction.objects.filter(ticket=ticket)
    return rows.select_related("staff", "proposed", "chosen").order_by("-id")
