"""The inbox: three panes, live; and the outgoing queue."""

from typing import Any

import django_filters
import django_tables2 as tables
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.crypto import get_random_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from minxin import wechat
from minxin.agencies.models import Staff
from minxin.agencies.queries import may
from minxin.agencies.rules import Permission
from minxin.citizens.queries import profile_of, profiles
from minxin.console.base import allowed, staff_of
from minxin.console.lists import ListPage, Search, Table, choices_of, listed
from minxin.conversations import actions, queries
from minxin.conversations.models import Dialogue, Outgoing
from minxin.core.errors import Refused
from minxin.tickets import actions as tickets
from minxin.tickets.queries import of_citizen

SHOWN = 60


def _people(request: HttpRequest) -> dict[str, Any]:
    staff, now = staff_of(request), timezone.now()
    words = request.GET.get("q", "").strip()
    view = request.GET.get("view", "all")
    found = queries.inbox(staff, now=now)
    if words:
        found = found.filter(last_text__icontains=words)
    if view == "waiting":
        found = found.filter(wants_person_at__isnull=False, attended_by=None)
    elif view == "mine":
        found = found.filter(attended_by=staff)
    elif view == "unread":
        found = found.filter(unread__gt=0)
    rows = list(found[:SHOWN])
    names = profiles(row.citizen_id for row in rows)
    return {
        "rows": [{"dialogue": row, "name": names[row.citizen_id].shown_name} for row in rows],
        "q": words,
        "view": view,
        "waiting": queries.waiting(staff),
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
        "tickets": of_citizen(dialogue.citizen)[:5],
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
    return render(request, "console/parts/inbox_thread.html", _conversation(request, key))


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

    def action(dialogue: Dialogue) -> None:
        name = f"staff:{staff.pk}:{token}"
        actions.answer_as_staff(
            dialogue, request.POST.get("text", ""), key=name, actor=staff, now=now
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


# The outgoing queue -----------------------------------------------------------------------------


class OutgoingFilter(Search):
    """Filters of the outgoing list."""

    searched = ("error", "account__name")
    status = django_filters.ChoiceFilter(
        label=gettext_lazy("状态"), choices=choices_of(Outgoing.Status)
    )

    class Meta:
        model = Outgoing
        fields = ("status",)


class OutgoingTable(Table):
    """What is on its way, what arrived, what did not."""

    created_at = tables.DateTimeColumn(verbose_name=gettext_lazy("时间"), format="Y-m-d H:i")
    account = tables.Column(verbose_name=gettext_lazy("账号"), accessor="account__name")
    text = tables.Column(verbose_name=gettext_lazy("内容"), empty_values=(), orderable=False)
    status = tables.Column(
        verbose_name=gettext_lazy("状态"), accessor="get_status_display", order_by="status"
    )
    attempts = tables.Column(verbose_name=gettext_lazy("次数"))
    error = tables.Column(verbose_name=gettext_lazy("原因"))

    row_url = staticmethod(lambda row: reverse("console:outgoing_one", args=[row.pk]))

    def render_text(self, record: Outgoing) -> str:
        from minxin.text import mask

        words = queries.content_words(record)
        return mask(words)[:40]

    class Meta(Table.Meta):
        order_by = "-created_at"


class OutgoingPage(ListPage):
    """Messages to citizens and how they fared."""

    permission = Permission.READ_OUTGOING
    title = gettext_lazy("外发消息")
    empty = gettext_lazy("还没有外发消息。")
    empty_hint = gettext_lazy("工作人员的答复和工单结果会从这里发给市民。")
    table_class = OutgoingTable
    filterset_class = OutgoingFilter

    def rows(self, staff: Staff) -> QuerySet[Outgoing]:
        return queries.outgoing(staff)


@require_safe
@allowed(Permission.READ_OUTGOING)
def outgoing_one(request: HttpRequest, number: int) -> HttpResponse:
    """One message: what WeChat said, what that means, what to do."""
    staff = staff_of(request)
    row = queries.outgoing_for(staff, Permission.READ_OUTGOING, number)
    explained = wechat.explain(row.error_code) if row.error_code else None
    context = {
        "row": row,
        "words": queries.content_words(row),
        "explained": explained,
        "may_retry": may(staff, Permission.RETRY_OUTGOING, row.account.agency)
        and row.status in {"failed", "unsure", "held"},
    }
    return render(request, "console/outgoing_one.html", context)


@require_POST
@allowed(Permission.RETRY_OUTGOING)
def retry(request: HttpRequest, number: int) -> HttpResponse:
    """Send it again, or give it up."""
    staff, now = staff_of(request), timezone.now()
    row = queries.outgoing_for(staff, Permission.RETRY_OUTGOING, number)
    try:
        if request.POST.get("act") == "cancel":
            actions.cancel_outgoing(row, actor=staff, now=now)
            messages.success(request, _("已取消这条消息。"))
        else:
            actions.retry_outgoing(row, actor=staff, now=now)
            messages.success(request, _("已重新排队发送。"))
    except Refused as refusal:
        messages.error(request, refusal.message)
    return redirect("console:outgoing_one", number=number)


urlpatterns = [
    path("inbox/", inbox, name="inbox"),
    path("inbox/people/", people, name="inbox_people"),
    path("inbox/<str:key>/", conversation, name="conversation"),
    path("inbox/<str:key>/thread/", thread, name="conversation_thread"),
    path("inbox/<str:key>/reply/", reply, name="conversation_reply"),
    path("inbox/<str:key>/attend/", attend, name="conversation_attend"),
    path("inbox/<str:key>/hand-back/", hand_back, name="conversation_hand_back"),
    path("inbox/<str:key>/ticket/", make_ticket, name="conversation_ticket"),
    listed("outgoing/", OutgoingPage, "outgoing"),
    path("outgoing/<int:number>/", outgoing_one, name="outgoing_one"),
    path("outgoing/<int:number>/retry/", retry, name="outgoing_retry"),
]
