"""One conversation as the inbox shows it, and what every act in it has in common."""

from collections.abc import Callable
from hashlib import sha256
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.crypto import get_random_string
from django.utils.translation import get_language

from minxin.accounts.queries import obstacle
from minxin.accounts.rules import Capability
from minxin.agencies.models import Staff
from minxin.agencies.queries import may
from minxin.agencies.rules import Permission
from minxin.citizens.queries import profile_of
from minxin.console.base import staff_of
from minxin.console.conversations.people import kept_query, tags_shown
from minxin.conversations import actions, queries
from minxin.conversations.models import Dialogue
from minxin.core.errors import Refused
from minxin.tickets.models import Ticket
from minxin.tickets.queries import beside_conversation, tickets_visible_to


def mark_of(request: HttpRequest, dialogue: Dialogue) -> str:
    """A mark that changes whenever the thread would look different to this person: a page that shows it
    already is not sent it again. What she has before her counts as read."""
    staff, now = staff_of(request), timezone.now()
    if dialogue.unread and queries.may_answer(staff, dialogue):
        actions.mark_read(dialogue)
    state = queries.thread_state(dialogue, besides=staff, now=now)
    # The count-down goes by minutes.
    shown = (staff.pk, get_language(), request.GET.get("at", ""), now.strftime("%d%H%M"), state)
    return f'"{sha256(repr(shown).encode()).hexdigest()[:32]}"'


def when_new(request: HttpRequest, answer: HttpResponse) -> HttpResponse:
    """The answer, or 304 when the page that asks has the very same."""
    mark = f'"{sha256(answer.content).hexdigest()[:32]}"'
    if request.headers.get("If-None-Match") == mark:
        answer = HttpResponse(status=304)
    answer["ETag"], answer["Cache-Control"] = mark, "no-store"
    return answer


def thread_of(request: HttpRequest, dialogue: Dialogue) -> dict[str, Any]:
    """What the middle pane shows of a conversation that this person may read."""
    staff, now = staff_of(request), timezone.now()
    may_answer = queries.may_answer(staff, dialogue)
    if may_answer and dialogue.unread:
        actions.mark_read(dialogue)
    around = number_in(request.GET.get("at", ""))
    until, left = queries.window_left(dialogue, now=now)
    return {
        "dialogue": dialogue,
        "profile": profile_of(dialogue.citizen),
        "lines": queries.thread(dialogue, around=around),
        "around": around,
        "may_answer": may_answer,
        "window_until": until,
        "window_left": left,
        "window_closed": queries.is_window_closed(dialogue, now=now),
        "hours_left": int((until - now).total_seconds() // 3600) if until else 0,
        "minutes_left": int((until - now).total_seconds() // 60) if until else 0,
        "seen": queries.newest_line(dialogue),
        "writers": queries.writers(dialogue, besides=staff, now=now),
    }


def conversation_of(request: HttpRequest, key: str) -> dict[str, Any]:
    """What the two right panes show of a conversation that this person may read."""
    staff, now = staff_of(request), timezone.now()
    dialogue = queries.dialogue_for(staff, Permission.READ_CONVERSATIONS, key)
    thread = thread_of(request, dialogue)
    may_answer = thread["may_answer"]
    is_own = may(staff, Permission.READ_CONVERSATIONS, dialogue.account.agency)
    gives = may(staff, Permission.ANSWER_CONVERSATIONS, dialogue.account.agency)
    return thread | {
        "is_mine": dialogue.attended_by_id == staff.pk,
        "colleagues": queries.colleagues(dialogue, besides=staff) if may_answer else [],
        "hindered": obstacle(dialogue.account, Capability.CUSTOM_MESSAGE),
        "tickets": [
            {"ticket": ticket, "rating": ticket.ratings.order_by("-id").first()}
            for ticket in _tickets(staff, dialogue, is_own=is_own)
        ],
        "earlier": queries.earlier_days(dialogue, today=timezone.localdate(now)),
        "longest": actions.LONGEST,
        "token": get_random_string(16),
        "is_own": is_own,
        "gives": gives,
        "handover": queries.running_handover(dialogue),
        "takers": queries.takers(dialogue) if gives else [],
        "tags": tags_shown(queries.tags_of(dialogue)),
        "known_tags": queries.tags_for(dialogue.owner) if may_answer else [],
        "longest_note": actions.LONGEST_NOTE,
        "list_query": kept_query(request),
    }


def _tickets(staff: Staff, dialogue: Dialogue, *, is_own: bool) -> list[Ticket]:
    """Her latest tickets; an agency that only goes on with the conversation sees its own alone."""
    found = beside_conversation(dialogue.citizen)
    if not is_own:
        found = found.filter(pk__in=tickets_visible_to(staff).values("pk"))
    return list(found[:5])


def act_on(
    request: HttpRequest, key: str, action: Callable[[Dialogue], object], *, box: str = "text"
) -> HttpResponse:
    """Do something in a conversation and show it as it is then; what was typed into `box` stays when it
    was refused."""
    dialogue = queries.dialogue_for(staff_of(request), Permission.ANSWER_CONVERSATIONS, key)
    refused = ""
    try:
        action(dialogue)
    except Refused as refusal:
        refused = refusal.message
    if request.headers.get("HX-Request"):
        context = conversation_of(request, key)
        context |= {
            f"refused_{box}": refused,
            f"typed_{box}": request.POST.get(box, "") if refused else "",
        }
        part = "console/parts/inbox_conversation.html"
        return render(request, part, context, status=422 if refused else 200)
    if refused:
        messages.error(request, refused)
    return redirect("console:conversation", key=key)


def number_in(words: str) -> int | None:
    """The number of a message as a form gives it back; None for what is none."""
    return int(words) if words.isdecimal() and len(words) < 19 else None
