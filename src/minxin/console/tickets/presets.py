"""Deadline presets: the working days a region promises."""

import django_tables2 as tables
from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from minxin.agencies.models import Staff
from minxin.agencies.rules import Permission
from minxin.console.base import act, allowed, form_page, staff_of
from minxin.console.lists import ListPage, Search, Table, listed, yes_or_no
from minxin.tickets import actions, queries
from minxin.tickets.models import DeadlinePreset


class PresetTable(Table):
    """Working days per nature; local practice, with its source."""

    name = tables.Column(verbose_name=gettext_lazy("名称"))
    nature = tables.Column(
        verbose_name=gettext_lazy("诉求性质"), accessor="get_nature_display", order_by="nature"
    )
    working_days = tables.Column(verbose_name=gettext_lazy("工作日"))
    region_code = tables.Column(verbose_name=gettext_lazy("区划"))
    source = tables.Column(verbose_name=gettext_lazy("依据"))
    is_active = tables.BooleanColumn(
        verbose_name=gettext_lazy("采用"), yesno=(gettext_lazy("采用"), gettext_lazy("未采用"))
    )

    row_url = staticmethod(lambda row: reverse("console:preset", args=[row.pk]))

    class Meta(Table.Meta):
        pass


class PresetFilter(Search):
    """Filters of the presets."""

    searched = ("name", "source")

    is_active = yes_or_no(gettext_lazy("采用"), gettext_lazy("采用"), gettext_lazy("未采用"))

    class Meta:
        model = DeadlinePreset
        fields = ("is_active",)


class PresetsPage(ListPage):
    """The deadlines a region promises."""

    permission = Permission.EDIT_SETTINGS
    title = gettext_lazy("办理时限")
    empty = gettext_lazy("还没有办理时限。没有采用的时限时，一律按 5 个工作日承诺。")
    table_class = PresetTable
    filterset_class = PresetFilter

    def rows(self, staff: Staff) -> QuerySet[DeadlinePreset]:
        return queries.presets()


class PresetForm(forms.Form):
    """Days and whether they are in force."""

    working_days = forms.IntegerField(label=gettext_lazy("工作日"), min_value=1, max_value=90)
    source = forms.CharField(label=gettext_lazy("依据"), required=False, max_length=200)
    is_active = forms.BooleanField(
        label=gettext_lazy("采用"),
        required=False,
        help_text=gettext_lazy("同一区划、同一性质只能采用一个；已经作出的承诺不变。"),
    )


@require_http_methods(["GET", "POST"])
@allowed(Permission.EDIT_SETTINGS)
def preset(request: HttpRequest, number: int) -> HttpResponse:
    """Change one preset."""
    staff, now = staff_of(request), timezone.now()
    row = queries.presets().filter(pk=number).first()
    if row is None:
        from django.http import Http404

        raise Http404
    start = {"working_days": row.working_days, "source": row.source, "is_active": row.is_active}
    form = PresetForm(request.POST or None, initial=start)
    if request.method == "POST" and act(
        request,
        form,
        lambda: actions.keep_preset(
            code=row.code,
            name=row.name,
            region_code=row.region_code,
            nature=row.nature,
            actor=staff,
            now=now,
            **form.cleaned_data,
        ),
        _("办理时限已保存。"),
    ):
        return redirect("console:presets")
    return form_page(request, form, title=str(row), back=reverse("console:presets"))


urlpatterns = [
    listed("presets/", PresetsPage, "presets"),
    path("presets/<int:number>/", preset, name="preset"),
]
