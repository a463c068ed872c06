"""Replies that wait for review: the queue, and one read beside its ticket."""

from datetime import datetime

import django_tables2 as tables
from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from minxin.agencies.models import Staff
from minxin.agencies.queries import may
from minxin.agencies.rules import Permission
from minxin.console.base import act, allowed, staff_of
from minxin.console.bulk import Bulk
from minxin.console.links import portal_ticket
from minxin.console.lists import ListPage, Search, Table, agency_filter, listed
from minxin.console.tickets.reaching import sent_said
from minxin.console.words import Words
from minxin.core.errors import NotFound, Refused
from minxin.tickets import actions, queries
from minxin.tickets.models import ReplyDraft
from minxin.tickets.queries import neighbours
from minxin.tickets.wording import day_said, deadline_said


class SendBackForm(forms.Form):
    """What is to be changed; its author reads it."""

    reason = Words(
        label=gettext_lazy("退回理由"),
        help_text=gettext_lazy("写明要改什么，送审人会看到；市民看不到。"),
        error_messages={"required": gettext_lazy("请写明退回的理由，送审人会按它修改。")},
        limit=500,
        rows=4,
    )


class DraftFilter(Search):
    """Filters of the queue."""

    searched = ("ticket__number", "text", "ticket__text")
    agency_path = "ticket__agency__path"
    agency = agency_filter(gettext_lazy("承办单位"), Permission.REVIEW_REPLIES)

    class Meta:
        model = ReplyDraft
        fields = ("agency",)


class DraftTable(Table):
    """Replies with what they answer; the most pressing first."""

    number = tables.Column(verbose_name=gettext_lazy("编号"), accessor="ticket__number")
    asked = tables.Column(verbose_name=gettext_lazy("内容"), empty_values=(), orderable=False)
    reply = tables.Column(verbose_name=gettext_lazy("答复"), accessor="text", orderable=False)
    agency = tables.Column(
        verbose_name=gettext_lazy("承办单位"), accessor="ticket__agency__name",
        order_by="ticket__agency__path",
    )  # fmt: skip
    submitted_by = tables.Column(verbose_name=gettext_lazy("送审人"), accessor="submitted_by__name")
    score = tables.Column(verbose_name=gettext_lazy("得分"))
    due_at = tables.Column(
        verbose_name=gettext_lazy("期限"), accessor="ticket__due_at", order_by="ticket__due_at"
    )

    row_url = staticmethod(lambda record: _url(record))

    def render_number(self, value: str, record: ReplyDraft) -> str:
        return format_html('<a href="{}">{}</a>', _url(record), value)

    def render_asked(self, record: ReplyDraft) -> str:
        return queries.in_brief(record.ticket, 24)

    def render_reply(self, value: str) -> str:
        return value if len(value) <= 30 else f"{value[:29]}…"

    def render_due_at(self, record: ReplyDraft) -> str:
        now = timezone.now()
        deadline = queries.deadline_of(record.ticket, now=now)
        due = timezone.localtime(record.ticket.due_at).date()
        return format_html(
            '<span class="deadline deadline-{}">{}</span> <span class="quiet">{}</span>',
            deadline.level, deadline_said(deadline.words), day_said(due, timezone.localdate()),
        )  # fmt: skip

    class Meta(Table.Meta):
        order_by = "due_at"


def _url(record: ReplyDraft) -> str:
    return reverse("console:reply_review", args=[record.ticket.number])


def _why_not(draft: ReplyDraft, staff: Staff) -> str:
    if not may(staff, Permission.REVIEW_REPLIES, draft.ticket.agency):
        return _("不归您审核。")
    if draft.submitted_by_id == staff.pk:
        return _("是您自己送审的，由其他人审核。")
    return ""


def _pass(draft: ReplyDraft, staff: Staff, given: object, now: datetime) -> None:
    link = portal_ticket(draft.ticket)
    actions.pass_reply(draft.ticket, sha256=draft.sha256, link=link, actor=staff, now=now)


BULKS = (
    Bulk(
        name="pass",
        label=gettext_lazy("通过"),
        title=gettext_lazy("通过 %(count)s 份答复，发给市民"),
        done=gettext_lazy(
            "已通过 %(count)s 份，市民在“我的诉求”里能看到；微信能送到的会收到消息。"
        ),
        permission=Permission.REVIEW_REPLIES,
        why_not=_why_not,
        said=lambda draft: f"{draft.ticket.number} {draft.text}",
        act=_pass,
    ),
)


class RepliesInReviewPage(ListPage):
    """Replies of my agencies that wait for review."""

    permission = Permission.REVIEW_REPLIES
    title = gettext_lazy("待审答复")
    empty = gettext_lazy("没有等待审核的答复。")
    empty_hint = gettext_lazy("单位在“办理规则”里开启答复审核后，承办员送审的答复会出现在这里。")
    table_class = DraftTable
    filterset_class = DraftFilter
    bulks = BULKS

    def rows(self, staff: Staff) -> QuerySet[ReplyDraft]:
        return queries.replies_in_review(staff)


@require_http_methods(["GET", "POST"])
@allowed(Permission.REVIEW_REPLIES)
def reply_review(request: HttpRequest, number: str) -> HttpResponse:
    """The reply beside what it answers and what the machine remarks; passed, or sent back with a reason."""
    staff, now = staff_of(request), timezone.now()
    try:
        draft = queries.draft_for(staff, number)
    except NotFound:
        return _gone(request, staff, number)
    found = draft.ticket
    wanted, sha256 = request.POST.get("act", ""), request.POST.get("sha256", "")
    form = SendBackForm(request.POST if wanted == "send_back" else None)
    if wanted == "pass":
        try:
            link, told = portal_ticket(found), sent_said(found, _("已通过"), now=now)
            actions.pass_reply(found, sha256=sha256, link=link, actor=staff, now=now)
            messages.success(request, told)
            return redirect("console:replies_in_review")
        except Refused as refusal:
            messages.error(request, refusal.message)
    elif wanted == "send_back" and act(
        request, form,
        lambda: actions.send_back(found, sha256=sha256, actor=staff, now=now, **form.cleaned_data),
        _("已退回，送审人会看到理由。"),
    ):  # fmt: skip
        return redirect("console:replies_in_review")
    actions.note_reading(found, actor=staff, now=now)
    reading = queries.read_answer(found, draft.text, now=now)
    context = {
        "ticket": found,
        "draft": draft,
        "deadline": queries.deadline_of(found, now=now),
        "reading": reading,
        "remarks": queries.remarks_of(reading),
        "parts": queries.parts_of(reading.parts),
        "is_mine": draft.submitted_by_id == staff.pk,
        "joined": neighbours.joined_count(found),
        "form": form,
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "console/reply_review.html", context, status=status)


def _gone(request: HttpRequest, staff: Staff, number: str) -> HttpResponse:
    """Somebody decided meanwhile, or it was taken back: who may review there is told so."""
    queries.ticket_for(staff, number, Permission.REVIEW_REPLIES)
    messages.info(request, _("这份答复已经不在待审：可能刚刚被审核或取回。"))
    return redirect("console:replies_in_review")


urlpatterns = [
    listed("replies/review/", RepliesInReviewPage, "replies_in_review"),
    path("replies/review/<str:number>/", reply_review, name="reply_review"),
]
