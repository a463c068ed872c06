"""The citizen is asked for what is missing."""

from datetime import datetime

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from minxin.agencies.queries import working_calendar
from minxin.conversations.contents import TextContent
from minxin.core.actors import Actor
from minxin.core.working_time import add_working_days
from minxin.tickets.actions.telling import tell_citizen
from minxin.tickets.models import Ticket
from minxin.tickets.rules import SUPPLEMENT_DAYS, day_words


def ask(ticket: Ticket, reason: str, *, actor: Actor, now: datetime) -> None:
    """Part of stopping the clock for her: until when she is asked to answer, and that she is told so."""
    due = add_working_days(
        timezone.localtime(now), SUPPLEMENT_DAYS, working_calendar(ticket.agency)
    )
    ticket.supplement_by, ticket.has_more_time = due.at, False
    ticket.save(update_fields=["supplement_by", "has_more_time"])
    day = day_words(timezone.localtime(due.at).date(), timezone.localtime(now).date())
    page = (
        f"{settings.MINXIN_PUBLIC_URL}/m/{ticket.account.app_id}/tickets/{ticket.number}/supplement"
    )
    words = _("您的诉求 %(number)s 需要您补充：%(reason)s\n请在%(day)s前补充，这段时间不计入办理时限。") % {
        "number": ticket.number, "reason": reason.strip(), "day": day,
    }  # fmt: skip
    link = f'<a href="{page}">{_("补充内容或图片")}</a>'
    key = f"ticket:{ticket.pk}:asked:{int(now.timestamp())}"
    tell_citizen(ticket, TextContent(f"{words}\n{link}"), key=key, actor=actor, now=now)
