"""Whom to ask, her own survey, and what all of them said together."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from minxin.agencies.models import Agency
from minxin.citizens.models import Citizen
from minxin.tickets.models import HandlingPolicy, Survey, Ticket
from minxin.tickets.queries.reading import by_number_for_citizen
from minxin.tickets.rules.policies import NAMES, policy
from minxin.tickets.rules.survey import ANSWER_WITHIN, ASK_UNTIL, Answers, told


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


def survey_answers(agency: Agency, *, since: datetime, until: datetime) -> Answers:
    """What citizens said of an agency and those below it, of surveys asked in a time; counted, and told only
    from `rules.survey.FEWEST` answers on. For figures of whoever sees the agency."""
    rows = Survey.objects.filter(
        agency_path__startswith=agency.path, asked_at__gte=since, asked_at__lt=until
    )
    said = rows.filter(answered_at__isnull=False).values_list("resolved", "level")
    return told(rows.count(), list(said))


def survey_answers_by_agency(
    agencies: Sequence[Agency], *, since: datetime, until: datetime
) -> Mapping[int, Answers]:
    """The same for several, each by itself, by its number."""
    return {each.pk: survey_answers(each, since=since, until=until) for each in agencies}
