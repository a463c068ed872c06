"""入库建议: replies offered as knowledge, decided here by another person."""

from typing import Any

import django_filters
import django_tables2 as tables
from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from minxin.agencies.models import Staff
from minxin.agencies.queries import may
from minxin.agencies.rules import Permission
from minxin.console.base import act, allowed, staff_of
from minxin.console.knowledge.entries import EntryForm
from minxin.console.knowledge.offering import known_like
from minxin.console.knowledge.origins import origin_of
from minxin.console.lists import ListPage, Search, Table, agency_filter, choices_of, listed
from minxin.core.errors import NotFound
from minxin.knowledge.actions import FIELDS
from minxin.knowledge.actions.proposals import accept_proposal, decline_proposal, draft_of
from minxin.knowledge.models import Entry, EntryProposal
from minxin.knowledge.queries.proposals import (
    entry_proposal_for,
    entry_proposals_visible_to,
)

Status = EntryProposal.Status
Aim = EntryProposal.Aim


class ProposalFilter(Search):
    """Filters of the proposals."""

    searched = ("question", "answer", "topic", "proposed_by__name")
    status = django_filters.ChoiceFilter(label=gettext_lazy("状态"), choices=choices_of(Status))
    aim = django_filters.ChoiceFilter(label=gettext_lazy("收录方式"), choices=choices_of(Aim))
    agency = agency_filter(gettext_lazy("审核单位"), Permission.READ_KNOWLEDGE)

    class Meta:
        model = EntryProposal
        fields = ("status", "aim", "agency")


class ProposalTable(Table):
    """What waits first."""

    question = tables.Column(verbose_name=gettext_lazy("问题"), linkify=lambda record: _url(record))
    aim = tables.Column(
        verbose_name=gettext_lazy("收录方式"), accessor="get_aim_display", order_by="aim"
    )
    agency = tables.Column(verbose_name=gettext_lazy("审核单位"), accessor="agency__name")
    origin_kind = tables.Column(
        verbose_name=gettext_lazy("出处"),
        accessor="get_origin_kind_display",
        order_by="origin_kind",
    )
    proposed_by = tables.Column(verbose_name=gettext_lazy("提出人"), accessor="proposed_by__name")
    proposed_at = tables.DateTimeColumn(verbose_name=gettext_lazy("提出时间"), format="Y-m-d H:i")
    status = tables.Column(
        verbose_name=gettext_lazy("状态"), accessor="get_status_display", order_by="status"
    )

    row_url = staticmethod(lambda record: _url(record))

    class Meta(Table.Meta):
        order_by = ("-status", "-proposed_at")


def _url(record: EntryProposal) -> str:
    return reverse("console:entry_proposal", args=[record.pk])


class ProposalsPage(ListPage):
    """Replies that were offered as knowledge."""

    permission = Permission.READ_KNOWLEDGE
    title = gettext_lazy("入库建议")
    empty = gettext_lazy("没有入库建议。")
    empty_hint = gettext_lazy(
        "承办员在会话或工单里点“存为知识”，写好的答复就到这里，由另一位编辑审核。"
    )
    table_class = ProposalTable
    filterset_class = ProposalFilter
    back = (gettext_lazy("知识"), "console:entries")

    def rows(self, staff: Staff) -> QuerySet[EntryProposal]:
        return entry_proposals_visible_to(staff)


class DeclineForm(forms.Form):
    """Why it does not become knowledge."""

    reason = forms.CharField(
        label=gettext_lazy("原因"), max_length=300,
        error_messages={"required": gettext_lazy("请写明不采纳的原因。")},
        widget=forms.Textarea(attrs={"rows": 2, "maxlength": 300}),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@allowed(Permission.READ_KNOWLEDGE)
def proposal(request: HttpRequest, number: int) -> HttpResponse:
    """One: what was offered, what is there already, and the decision."""
    staff, now = staff_of(request), timezone.now()
    found = entry_proposal_for(staff, number)
    may_edit = may(staff, Permission.EDIT_KNOWLEDGE, found.agency)
    if request.method == "POST" and not may_edit:
        raise NotFound
    may_decide = may_edit and found.status == Status.OPEN and found.proposed_by_id != staff.pk
    wanted = request.POST.get("act", "")
    data = request.POST if request.method == "POST" else None
    form = EntryForm(data if wanted == "accept" else None, initial=_start(found), staff=staff)
    decline = DeclineForm(data if wanted == "decline" else None, prefix="decline")
    is_written = found.aim != Aim.VARIANT

    def accept() -> None:
        code = found.target.code if found.target else ""
        accept_proposal(
            found, form.draft(code), agency=form.cleaned_data["agency"], actor=staff, now=now
        )

    def take_ways() -> None:
        accept_proposal(found, actor=staff, now=now)

    def refuse() -> None:
        decline_proposal(found, reason=decline.cleaned_data["reason"], actor=staff, now=now)

    plain = forms.Form(data if wanted == "accept" else None)
    done = (
        wanted == "accept"
        and (
            act(request, form, accept, _("已收录。"))
            if is_written
            else act(request, plain, take_ways, _("已作为问法加入。"))
        )
    ) or (wanted == "decline" and act(request, decline, refuse, _("已记下不采纳。")))
    if done:
        return redirect("console:entry_proposals")
    context = {
        "proposal": found,
        "origin": origin_of(staff, found),
        "known": [] if found.target else known_like(staff, found.question, found.agency),
        "entry_form": form,
        "plain_form": plain,
        "decline_form": decline,
        "is_written": is_written,
        "may_decide": may_decide,
        "is_own": may_edit and found.proposed_by_id == staff.pk and found.status == Status.OPEN,
        "back": reverse("console:entry_proposals"),
    }
    return render(request, "console/entry_proposal.html", context, status=422 if data else 200)


def _start(row: EntryProposal) -> dict[str, Any]:
    """What the form of the entry begins with."""
    ways = "\n".join(row.ways)
    if row.target is None:
        return {
            "question": row.question, "variants": ways, "answer": row.answer, "topic": row.topic,
            "agency": row.agency, "status": Entry.Status.DRAFT,
        }  # fmt: skip
    draft = draft_of(row.target, also=(row.question, *row.ways))
    start: dict[str, Any] = {name: getattr(draft, name) for name in FIELDS}
    return start | {
        "answer": row.answer, "variants": "\n".join(draft.variants), "agency": row.target.agency
    }  # fmt: skip


urlpatterns = [
    listed("knowledge/proposals/", ProposalsPage, "entry_proposals"),
    path("knowledge/proposals/<int:number>/", proposal, name="entry_proposal"),
]
