"""Whom to ask, her own survey, and what all of them said in a quarter."""

from datetime import date, datetime, time, timedelta

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from minxin.agencies.models import Agency, Staff
from minxin.agencies.rules import Permission
from minxin.agencies.scope import paths_of
from minxin.citizens.models import Citizen
from minxin.tickets.models import CallBack, HandlingPolicy, Survey, Ticket
from minxin.tickets.queries.reading import by_number_for_citizen
from minxin.tickets.rules.policies import NAMES, policy
from minxin.tickets.rules.survey import ANSWER_WITHIN, ASK_UNTIL, Heard, Quarter


def to_survey(now: datetime) -> QuerySet[Ticket]:
    """Closed tickets whose citizens are asked now: as many days after closing as their agency decided, each
    round once; not what was closed long ago."""
    asked = Survey.objects.filter(ticket=OuterRef("pk"), round=OuterRef("reopened_times"))
    wanted = Q(pk__in=[])
    for days, agencies in _agencies_by_delay().items():
        until = now - timedelta(days=days)
        wanted |= Q(agency__in=agencies, closed_at__lte=until, closed_at__gt=until - ASK_UNTIL)
    return (
        Ticket.objects.filter(
            wanted, status__in=[Ticket.Status.CLOSED, Ticket.Status.ARCHIVED],
            citizen__isnull=False,
        )
        .exclude(Exists(asked))
        .select_related("agency", "account", "citizen")
        .order_by("pk")
    )  # fmt: skip


def _agencies_by_delay() -> dict[int, list[int]]:
    rows = list(HandlingPolicy.objects.values("agency__path", *NAMES))
    decided = [(row["agency__path"], row) for row in rows if row["survey_after_days"] is not None]
    if not decided:
        return {}
    found: dict[int, list[int]] = {}
    below = Agency.objects.under(tuple(where for where, _row in decided))
    for pk, path in below.values_list("pk", "path"):
        if days := policy(decided, path).survey_after_days:
            found.setdefault(days, []).append(pk)
    return found


def survey_for_citizen(number: str, citizen: Citizen, *, now: datetime) -> Survey | None:
    """The survey about her own ticket that she may still answer, or has answered; `NotFound` for another's
    ticket."""
    ticket = by_number_for_citizen(number, citizen)
    return Survey.objects.filter(
        ticket=ticket, round=F("ticket__reopened_times"), asked_at__gt=now - ANSWER_WITHIN
    ).first()  # fmt: skip


def heard_in(staff: Staff, quarter: Quarter) -> dict[str, Heard]:
    """What citizens said of the agencies whose tickets a person may read, of surveys sent in a quarter, by
    the agency's path. It is for `rules.survey.to_tell`: as it is, it is shown to nobody."""
    branch = Q(pk__in=[])
    for path in paths_of(staff, Permission.READ_TICKETS):
        branch |= Q(agency_path__startswith=path)
    rows = Survey.objects.filter(
        branch,
        asked_at__gte=_midnight(quarter.first),
        asked_at__lt=_midnight(quarter.following.first),
    )
    found: dict[str, Heard] = {}
    for path, many in rows.values_list("agency_path").annotate(n=Count("pk")):
        found.setdefault(path, Heard()).asked = many
    answered = rows.filter(answered_at__isnull=False)
    said = answered.values_list("agency_path", "resolved", "level").annotate(n=Count("pk"))
    for path, resolved, level, many in said:
        found[path].said[resolved, level] = many
    clear = [CallBack.Resolved.YES, CallBack.Resolved.PARTLY, CallBack.Resolved.NO]
    office = CallBack.objects.filter(
        ticket=OuterRef("ticket"), round=OuterRef("round"), status=CallBack.Status.DONE,
        resolved__in=clear,
    )  # fmt: skip
    both = answered.filter(resolved__in=clear).annotate(
        office=Subquery(office.values("resolved")[:1])
    )
    pairs = both.filter(office__isnull=False).values_list("agency_path", "resolved", "office")
    for path, ours, theirs, many in pairs.annotate(n=Count("pk")):
        found[path].beside[ours, theirs] = many
    return found


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))
