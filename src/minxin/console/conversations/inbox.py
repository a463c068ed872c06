"""The inbox: people on the left, what was said in the middle, who it is on the right."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.crypto import get_random_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from minxin.agencies.rules import Permission
from minxin.console.base import allowed, staff_of
from minxin.console.conversations.pane import (
    act_on,
    conversation_of,
    mark_of,
    number_in,
    thread_of,
    when_new,
)
from minxin.console.conversations.people import people_of
from minxin.conversations import actions, queries
from minxin.conversations.models import Dialogue
from minxin.core.errors import Refused
from minxin.tickets import actions as tickets


@require_safe
@allowed(Permission.READ_CONVERSATIONS)
def inbox(request: HttpRequest) -> HttpResponse:
    """The three panes, with nobody selected."""
    return render(request, "console/inbox.html", people_of(request))


@require_safe
@allowed(Permission.READ_CONVERSATIONS)
def people(request: HttpRequest) -> HttpResponse:
    """The left pane alone, for live updates."""
    context = people_of(request) | {"is_live": True}
    return when_new(request, render(request, "console/parts/inbox_people.html", context))


@require_safe
@allowed(Permission.READ_CONVERSATIONS)
def conversation(request: HttpRequest, key: str) -> HttpResponse:
    """One conversation: the page, or its two right panes for htmx."""
    context = conversation_of(request, key)
    if request.headers.get("HX-Request"):
        return render(request, "console/parts/inbox_conversation.html", context)
    return render(request, "console/inbox.html", {**people_of(request, selected=key), **context})


@require_safe
@allowed(Permission.READ_CONVERSATIONS)
def thread(request: HttpRequest, key: str) -> HttpResponse:
    """The bubbles alone, for live updates; 304 when nothing of it changed since this page asked."""
    dialogue = queries.dialogue_for(staff_of(request), Permission.READ_CONVERSATIONS, key)
    mark = mark_of(request, dialogue)
    if request.headers.get("If-None-Match") == mark:
        return HttpResponse(status=304, headers={"ETag": mark, "Cache-Control": "no-store"})
    context = thread_of(request, dialogue) | {"is_live": True}
    answer = render(request, "console/parts/inbox_thread.html", context)
    answer["ETag"], answer["Cache-Control"] = mark, "no-store"
    return answer


@require_POST
@allowed(Permission.ANSWER_CONVERSATIONS)
def reply(request: HttpRequest, key: str) -> HttpResponse:
    """Say something; the form's token keeps a double click from saying it twice."""
    staff, now = staff_of(request), timezone.now()
    token = request.POST.get("token", "")[:32] or get_random_string(16)
    seen = number_in(request.POST.get("seen", ""))

    def action(dialogue: Dialogue) -> None:
        name = f"staff:{staff.pk}:{token}"
        actions.answer_as_staff(
            dialogue,
            request.POST.get("text", ""),
            key=name,
            actor=staff,
            now=now,
            seen=seen,
            may_wait="may_wait" in request.POST,
            used={number for each in request.POST.getlist("used") if (number := number_in(each))},
        )

    return act_on(request, key, action)


@require_POST
@allowed(Permission.ANSWER_CONVERSATIONS)
def attend(request: HttpRequest, key: str) -> HttpResponse:
    """Take the conversation."""
    staff, now = staff_of(request), timezone.now()
    return act_on(request, key, lambda dialogue: actions.attend(dialogue, actor=staff, now=now))


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

    return act_on(request, key, action)


@require_POST
@allowed(Permission.ANSWER_CONVERSATIONS)
def release(request: HttpRequest, key: str) -> HttpResponse:
    """Put it back among those that wait for a person."""
    staff, now = staff_of(request), timezone.now()
    return act_on(request, key, lambda dialogue: actions.release(dialogue, actor=staff, now=now))


@require_POST
@allowed(Permission.ANSWER_CONVERSATIONS)
def hand_back(request: HttpRequest, key: str) -> HttpResponse:
    """Let the machine answer again."""
    staff, now = staff_of(request), timezone.now()
    return act_on(request, key, lambda dialogue: actions.hand_back(dialogue, actor=staff, now=now))


@require_POST
@allowed(Permission.ANSWER_CONVERSATIONS)
def close(request: HttpRequest, key: str) -> HttpResponse:
    """Nothing is left to do; what the citizen said meanwhile is not closed away unread."""
    staff, now = staff_of(request), timezone.now()
    seen = number_in(request.POST.get("seen", ""))
    return act_on(
        request, key, lambda dialogue: actions.close(dialogue, seen=seen, actor=staff, now=now)
    )


@require_POST
@allowed(Permission.ANSWER_CONVERSATIONS)
def make_ticket(request: HttpRequest, key: str) -> HttpResponse:
    """Turn what was said into a ticket on behalf of the citizen."""
    staff, now = staff_of(request), timezone.now()
    dialogue = queries.dialogue_for(staff, Permission.ANSWER_CONVERSATIONS, key)
    token = request.POST.get("token", "")[:32] or get_random_string(16)
    try:
        tickets.refuse_wrongdoing(request.POST.get("text", ""))
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
    path("inbox/<str:key>/close/", close, name="conversation_close"),
    path("inbox/<str:key>/ticket/", make_ticket, name="conversation_ticket"),
]
