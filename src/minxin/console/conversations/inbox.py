"""The inbox: people on the left, what was said in the middle, who it is on the right."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.crypto import get_random_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from minxin.accounts.queries import obstacle
from minxin.accounts.rules import Capability
from minxin.agencies.queries import may
from minxin.agencies.rules import Permission
from minxin.citizens.queries import profile_of, profiles
from minxin.console.base import allowed, sight, staff_of
from minxin.conversations import actions, queries
from minxin.conversations.models import Dialogue
from minxin.core.errors import Refused
from minxin.tickets import actions as tickets
from minxin.tickets.queries import beside_conversation

SHOWN = 60


def _people(request: HttpRequest) -> dict[str, Any]:
    staff, now = staff_of(request), timezone.now()
    words = request.GET.get("q", "").strip()
    view = request.GET.get("view", "all")
    seen = sight(request)
    found = queries.inbox(seen, now=now)
    if words:
        found = found.filter(last_text__icontains=words)
    if view == "waiting":
        found = found.filter(wants_person_at__isnull=False, attended_by=None)
    elif view == "mine":
        found = found.filter(attended_by=staff)
    elif view == "unread":
        found = found.filter(unread__gt=0)
    rows = list(found[: SHOWN + 1])
    has_more, rows = len(rows) > SHOWN, rows[:SHOWN]
    names = profiles(row.citizen_id for row in rows)
    return {
        "rows": [{"dialogue": row, "name": names[row.citizen_id].shown_name} for row in rows],
        "q": words,
        "has_more": has_more,
        "view": view,
        "waiting": queries.waiting(seen),
        "selected": request.GET.get("selected", ""),
    }


@require_safe
@allowed(Permission.READ_CONVERSATIONS)
def inbox(request: HttpRequest) -> HttpResponse:
    """The three panes, with nobody selected."""
    return render(request, "console/inbox.html", _people(request))


@require_safe
@allowed(Permission.READ_CONVERSATIONS)
def people(request: HttpRequest) -> HttpResponse:
    """The left pane alone, for live updates."""
    return render(request, "console/parts/inbox_people.html", _people(request))


def _conversation(request: HttpRequest, key: str) -> dict[str, Any]:
    staff, now = staff_of(request), timezone.now()
    dialogue = queries.dialogue_for(staff, Permission.READ_CONVERSATIONS, key)
    may_answer = may(staff, Permission.ANSWER_CONVERSATIONS, dialogue.account.agency)
    if may_answer and dialogue.unread:
        actions.mark_read(dialogue)
    until, left = queries.window_left(dialogue, now=now)
    return {
        "dialogue": dialogue,
        "profile": profile_of(dialogue.citizen),
        "lines": queries.thread(dialogue),
        "may_answer": may_answer,
        "is_mine": dialogue.attended_by_id == staff.pk,
        "window_until": until,
        "window_left": left,
        "window_closed": queries.is_window_closed(dialogue, now=now),
        "hours_left": int((until - now).total_seconds() // 3600) if until else 0,
        "minutes_left": int((until - now).total_seconds() // 60) if until else 0,
        "seen": queries.newest_line(dialogue),
        "colleagues": queries.colleagues(dialogue, besides=staff) if may_answer else [],
        "hindered": obstacle(dialogue.account, Capability.CUSTOM_MESSAGE),
        "tickets": beside_conversation(dialogue.citizen)[:5],
        "longest": actions.LONGEST,
        "token": get_random_string(16),
    }


@require_safe
@allowed(Permission.READ_CONVERSATIONS)
def conversation(request: HttpRequest, key: str) -> HttpResponse:
    """One conversation: the page, or its two right panes for htmx."""
    context = _conversation(request, key)
    if request.headers.get("HX-Request"):
        return render(request, "console/parts/inbox_conversation.html", context)
    return render(request, "console/inbox.html", {**_people(request), **context, "selected": key})


@require_safe
@allowed(Permission.READ_CONVERSATIONS)
def thread(request: HttpRequest, key: str) -> HttpResponse:
    """The bubbles alone, for live updates."""
    context = _conversation(request, key) | {"is_live": True}
    return render(request, "console/parts/inbox_thread.html", context)


def _act(request: HttpRequest, key: str, action: Any, done: str = "") -> HttpResponse:
    dialogue = queries.dialogue_for(staff_of(request), Permission.ANSWER_CONVERSATIONS, key)
    refused = ""
    try:
        action(dialogue)
    except Refused as refusal:
        refused = refusal.message
    if request.headers.get("HX-Request"):
        context = _conversation(request, key)
        context |= {"refused": refused, "typed": request.POST.get("text", "") if refused else ""}
        part = "console/parts/inbox_conversation.html"
        return render(request, part, context, status=422 if refused else 200)
    if refused:
        messages.error(request, refused)
    elif done:
        messages.success(request, done)
    return redirect("console:conversation", key=key)


@require_POST
@allowed(Permission.ANSWER_CONVERSATIONS)
def reply(request: HttpRequest, key: str) -> HttpResponse:
    """Say something; the form's token keeps a double click from saying it twice."""
    staff, now = staff_of(request), timezone.now()
    token = request.POST.get("token", "")[:32] or get_random_string(16)
    seen = request.POST.get("seen", "")

    def action(dialogue: Dialogue) -> None:
        name = f"staff:{staff.pk}:{token}"
        actions.answer_as_staff(
            dialogue,
            request.POST.get("text", ""),
            key=name,
            actor=staff,
            now=now,
            seen=int(seen) if seen.isdecimal() and len(seen) < 19 else None,
            may_wait="may_wait" in request.POST,
        )

    return _act(request, key, action)


@require_POST
@allowed(Permission.ANSWER_CONVERSATIONS)
def attend(request: HttpRequest, key: str) -> HttpResponse:
    """Take the conversation."""
    staff, now = staff_of(request), timezone.now()
    return _act(request, key, lambda dialogue: actions.attend(dialogue, actor=staff, now=now))


@require_POST
@allowed(Permission.ANSWER_CONVERSATIONS)
def give(request: HttpRequest, key: str) -> HttpResponse:
    """Let a colleague attend."""
    staff, now = staff_of(request), timezone.now()

    def action(dialogue: Dialogue) -> None:
        able = {str(one.pk): one for one in queries.colleagues(dialogue, besides=staff)}
        to = able.get(request.POST.get("to", ""))
        if to is None:
            raise Refused(_("请选择一位能答复这个公众号的同事。"), field="to")
        actions.give(dialogue, to, actor=staff, now=now)

    return _act(request, key, action)


@require_POST
@allowed(Permission.ANSWER_CONVERSATIONS)
def release(request: HttpRequest, key: str) -> HttpResponse:
    """Put it back among those that wait for a person."""
    staff, now = staff_of(request), timezone.now()
    return _act(request, key, lambda dialogue: actions.release(dialogue, actor=staff, now=now))


@require_POST
@allowed(Permission.ANSWER_CONVERSATIONS)
def hand_back(request: HttpRequest, key: str) -> HttpResponse:
    """Let the machine answer again."""
    staff, now = staff_of(request), timezone.now()
    return _act(request, key, lambda dialogue: actions.hand_back(dialogue, actor=staff, now=now))


@require_POST
@allowed(Permission.ANSWER_CONVERSATIONS)
def make_ticket(request: HttpRequest, key: str) -> HttpResponse:
    """Turn what was said into a ticket on behalf of the citizen."""
    staff, now = staff_of(request), timezone.now()
    dialogue = queries.dialogue_for(staff, Permission.ANSWER_CONVERSATIONS, key)
    token = request.POST.get("token", "")[:32] or get_random_string(16)
    try:
        ticket = tickets.file(
            text=request.POST.get("text", ""),
            place=request.POST.get("place", ""),
            citizen=dialogue.citizen,
            account=dialogue.account,
            source="console",
            key=f"staff:{staff.pk}:{token}",
            actor=staff,
            now=now,
        )
    except Refused as refusal:
        messages.error(request, refusal.message)
        return redirect("console:conversation", key=key)
    messages.success(request, _("已建立工单 %(number)s。") % {"number": ticket.number})
    return redirect("console:ticket", number=ticket.number)


urlpatterns = [
    path("inbox/", inbox, name="inbox"),
    path("inbox/people/", people, name="inbox_people"),
    path("inbox/<str:key>/", conversation, name="conversation"),
    path("inbox/<str:key>/thread/", thread, name="conversation_thread"),
    path("inbox/<str:key>/reply/", reply, name="conversation_reply"),
    path("inbox/<str:key>/attend/", attend, name="conversation_attend"),
    path("inbox/<str:key>/give/", give, name="conversation_give"),
    path("inbox/<str:key>/release/", release, name="conversation_release"),
    path("inbox/<str:key>/hand-back/", hand_back, name="conversation_hand_back"),
    path("inbox/<str:key>/ticket/", make_ticket, name="conversation_ticket"),
]
