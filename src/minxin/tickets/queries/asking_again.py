"""What the citizen may still do with an answer, and what was just done twice."""

from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from minxin.agencies.models import Staff
from minxin.citizens.models import Citizen
from minxin.tickets.models import Rating, Ticket
from minxin.tickets.queries.reading import of_citizen
from minxin.tickets.rules import (
    MOST_REOPENINGS,
    REOPEN_WITHIN,
    Bar,
    bar_to_reopening,
)


def rating_of(ticket: Ticket) -> Rating | None:
    """The rating of the latest answer."""
    return ticket.ratings.filter(round=ticket.reopened_times + 1).first()


def rating_reasons() -> list[tuple[str, str]]:
    """What a rating may be about, for her to choose: (value, words)."""
    return [(str(value), str(words)) for value, words in Rating.Reason.choices]


def can_be_rated(ticket: Ticket) -> bool:
    """Whether the latest answer waits for a rating."""
    return ticket.status in {"answered", "closed"} and rating_of(ticket) is None


def can_be_reopened(ticket: Ticket, *, now: datetime) -> bool:
    """Whether the citizen may ask again."""
    return _bar(ticket, now) is None


def why_not_reopened(ticket: Ticket, *, now: datetime) -> str:
    """Why the citizen may not ask again, said to her; "" when she may."""
    match _bar(ticket, now):
        case None:
            return ""
        case Bar.IN_HAND:
            return _("这件诉求正在办理，答复之后才可以要求重新办理。")
        case Bar.WITHDRAWN:
            return _("这件诉求您已经撤回。需要的话，请提交一件新的诉求。")
        case Bar.DECLINED:
            return _("这件诉求没有受理。不同意的，可以在它的页面提出异议。")
        case Bar.ENDED:
            return _("这件诉求已经终止办理。不同意的，可以在它的页面提出申诉。")
        case Bar.CONTENT:
            return _("您对这次答复评价为满意，不再重新办理。有新的情况，请提交一件新的诉求。")
        case Bar.TOO_OFTEN:
            return _(
                "这件诉求已经重新办理过 %(times)s 次。您可以提交一件新的诉求，或回复“人工”。"
            ) % {"times": MOST_REOPENINGS}
        case Bar.TOO_LATE:
            return _("答复已超过 %(days)s 天，不能重新办理。您可以提交一件新的诉求。") % {
                "days": REOPEN_WITHIN.days
            }


def reopening_ends(ticket: Ticket) -> datetime | None:
    """Until when the citizen may ask again; None while there is no answer."""
    return ticket.answered_at and ticket.answered_at + REOPEN_WITHIN


def _bar(ticket: Ticket, now: datetime) -> Bar | None:
    rating = rating_of(ticket)
    level = rating.level if rating else None
    asked = ticket.reopened_times - ticket.redone_times
    return bar_to_reopening(ticket.status, ticket.answered_at, asked, level, now)


def latest_answered(citizen: Citizen, *, now: datetime) -> Ticket | None:
    """The ticket whose answer she may be rating when she just says 满意; one rated a moment ago, by
    a repeat of the same message, counts too."""
    rows = of_citizen(citizen).filter(status__in=["answered", "closed"]).order_by("-answered_at")
    for row in rows[:5]:
        rating = rating_of(row)
        if rating is None or now - rating.rated_at < REPEATS_WITHIN:
            return row
    return None


REPEATS_WITHIN = timedelta(seconds=20)


def was_just_rated(ticket: Ticket, level: str, *, now: datetime) -> bool:
    """Whether this rating is there already, given moments ago: WeChat repeated the message."""
    rating = rating_of(ticket)
    return rating is not None and rating.level == level and now - rating.rated_at < REPEATS_WITHIN


def was_just_noted(ticket: Ticket, text: str, *, by: Staff, now: datetime) -> bool:
    """Whether a person left these very words moments ago: a button was pressed twice."""
    return ticket.events.filter(
        verb="noted", staff=by, text=text, at__gt=now - REPEATS_WITHIN
    ).exists()
