"""Days after closing the citizen is asked independently of who handled her ticket."""

from collections.abc import Callable
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from minxin.agencies import audit
from minxin.conversations.contents import Content, SubscriptionContent, TextContent
from minxin.core.actors import Actor, System
from minxin.core.errors import AlreadyDone, Refused
from minxin.core.words import within
from minxin.tickets import queries
from minxin.tickets.actions.notices import use_notice
from minxin.tickets.actions.steps import ensure_hers
from minxin.tickets.actions.telling import as_recorded, tell_citizen
from minxin.tickets.models import CallBack, Rating, Survey, Ticket
from minxin.tickets.rules import LONGEST_WORDS
from minxin.tickets.rules.survey import ANSWER_WITHIN

SYSTEM = System("survey")
MOST = 200


def ask_surveys(page: Callable[[Ticket], str], *, now: datetime) -> int:
    """Ask who is due, at most `MOST`; how many. `page`: where she answers. Twice at once asks once."""
    asked = 0
    for ticket in queries.to_survey(now)[:MOST]:
        asked += _ask(ticket, page(ticket), now)
    return asked


def _ask(ticket: Ticket, link: str, now: datetime) -> bool:
    try:
        with transaction.atomic():
            made = Survey.objects.create(
                ticket=ticket, round=ticket.reopened_times, agency_path=ticket.agency.path,
                asked_at=now,
            )  # fmt: skip
            content, otherwise = _content(ticket, link, now)
            key = f"ticket:{ticket.pk}:survey:{ticket.reopened_times}"
            tell_citizen(ticket, content, key=key, actor=SYSTEM, now=now, otherwise=otherwise)
            audit.record(
                SYSTEM, "ticket.surveyed", ticket, now=now, agency=ticket.agency,
                after={"round": made.round},
            )  # fmt: skip
    except IntegrityError:  # another clock asked a moment ago
        return False
    return True


def _content(ticket: Ticket, link: str, now: datetime) -> tuple[Content, tuple[Content, ...]]:
    """A subscription notice where she agreed to one, which is used up by it; words in the conversation where
    she did not, and where WeChat refuses the notice."""
    words = _(
        "您的诉求 %(number)s 已办结一段时间。问题解决了吗？请用一分钟告诉我们，承办单位看不到是谁答的。"
    ) % {"number": ticket.number}
    text = TextContent(f'{words}\n<a href="{link}">' + _("回答三个问题") + "</a>")
    template = use_notice(ticket, now=now)
    if not template:
        return text, ()
    data = {"character_string1": ticket.number, "thing2": _("办结后的独立回访")}
    return SubscriptionContent(template, data, link), (text,)


@transaction.atomic
def answer_survey(
    ticket: Ticket, *, resolved: str, level: str, words: str = "", actor: Actor, now: datetime
) -> None:
    """Keep what she says, once. Nobody of the units is told, and the audit holds that she answered, not
    what."""
    ensure_hers(ticket, actor)
    row = (
        Survey.objects.select_for_update(of=("self",))
        .filter(ticket=ticket, round=ticket.reopened_times, asked_at__gt=now - ANSWER_WITHIN)
        .first()
    )
    if row is None:
        raise Refused(_("这份问卷已经过期，谢谢您。"))
    if row.answered_at is not None:
        raise AlreadyDone(_("您已经回答过，谢谢您。"))
    if resolved not in CallBack.Resolved.values:
        raise Refused(_("请选择问题是否解决。"), field="resolved")
    if level not in Rating.Level.values:
        raise Refused(_("请选择一个满意程度。"), field="level")
    words = within(words, LONGEST_WORDS, field="words")
    row.resolved, row.level, row.words = resolved, level, words
    row.answered_at = now
    row.save()
    audit.record(
        as_recorded(ticket, actor), "ticket.survey_answered", ticket, now=now, agency=ticket.agency
    )
