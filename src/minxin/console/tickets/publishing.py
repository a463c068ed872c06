"""公开答复: a person sees the whole ticket beside what the machine would show, and releases it or not."""

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
from minxin.agencies.rules import Permission
from minxin.console.base import act, allowed, staff_of
from minxin.console.lists import ListPage, Search, Table, listed
from minxin.tickets import actions
from minxin.tickets.models import Publication
from minxin.tickets.queries import publishing
from minxin.tickets.rules import LONGEST_TEXT
from minxin.tickets.rules.publishing import drafted


class PublicationTable(Table):
    """Which tickets their citizens allow to be shown."""

    number = tables.Column(verbose_name=gettext_lazy("编号"), accessor="ticket__number")
    agency = tables.Column(verbose_name=gettext_lazy("承办单位"), accessor="ticket__agency__name")
    nature = tables.Column(
        verbose_name=gettext_lazy("性质"),
        accessor="ticket__get_nature_display",
        order_by="ticket__nature",
    )
    state = tables.Column(
        verbose_name=gettext_lazy("工单状态"),
        accessor="ticket__get_status_display",
        order_by="ticket__status",
    )
    consented_at = tables.DateTimeColumn(verbose_name=gettext_lazy("市民同意公开"))
    status = tables.Column(
        verbose_name=gettext_lazy("状态"), accessor="get_status_display", order_by="status"
    )

    row_url = staticmethod(lambda row: reverse("console:publication", args=[row.ticket.number]))

    class Meta(Table.Meta):
        pass


class PublicationFilter(Search):
    """Filters of the list."""

    searched = ("ticket__number", "text", "answer")

    status = django_filters.ChoiceFilter(
        label=gettext_lazy("状态"), choices=Publication.Status.choices
    )

    class Meta:
        model = Publication
        fields = ("status",)


class PublicationsPage(ListPage):
    """What citizens allow to be shown; what waits comes first."""

    permission = Permission.ASSIGN_TICKETS
    title = gettext_lazy("公开答复")
    empty = gettext_lazy("还没有市民同意公开的诉求。")
    table_class = PublicationTable
    filterset_class = PublicationFilter

    def rows(self, staff: Staff) -> QuerySet[Publication]:
        return publishing.publications_visible_to(staff).filter(revoked_at=None)


class ReleaseForm(forms.Form):
    """What everybody would read; begun by the machine, finished by a person."""

    text = forms.CharField(
        label=gettext_lazy("公开的诉求"),
        required=False,
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 8}),
    )
    answer = forms.CharField(
        label=gettext_lazy("公开的答复"),
        required=False,
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 8}),
    )
    place = forms.CharField(
        label=gettext_lazy("公开的地点"),
        required=False,
        max_length=200,
        help_text=gettext_lazy("只到街道。"),
    )


class RefuseForm(forms.Form):
    """Why not."""

    reason = forms.CharField(
        label=gettext_lazy("不公开的理由"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


@require_http_methods(["GET", "POST"])
@allowed(Permission.ASSIGN_TICKETS)
def publication(request: HttpRequest, number: str) -> HttpResponse:
    """Both versions side by side; released, refused or taken down."""
    staff, now = staff_of(request), timezone.now()
    found = publishing.publication_for(staff, number)
    ticket = found.ticket
    wanted = request.POST.get("act", "")
    draft = drafted(ticket.text, ticket.answer, ticket.place)
    start = {"text": draft.text, "answer": draft.answer, "place": draft.place}
    release = ReleaseForm(request.POST if wanted == "release" else None, initial=start)
    refuse = RefuseForm(request.POST if wanted == "refuse" else None)
    back = redirect("console:publications")
    if wanted == "release" and act(
        request,
        release,
        lambda: actions.release(found, **release.cleaned_data, actor=staff, now=now),
        _("已公开。"),
    ):
        return back
    if wanted == "refuse" and act(
        request,
        refuse,
        lambda: actions.refuse_publishing(found, **refuse.cleaned_data, actor=staff, now=now),
        _("已记录：不公开。"),
    ):
        return back
    context = {
        "ticket": ticket,
        "publication": found,
        "can_release": found.status == Publication.Status.WAITING and found.revoked_at is None,
        "can_refuse": found.status != Publication.Status.REFUSED and found.revoked_at is None,
        "is_allowed": publishing.may_be_public(ticket),
        "release_form": release,
        "refuse_form": refuse,
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "console/publication.html", context, status=status)


urlpatterns = [
    listed("publications/", PublicationsPage, "publications"),
    path("publications/<str:number>/", publication, name="publication"),
]
