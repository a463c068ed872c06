"""The tickets behind a number of 诉求概况: the list of tickets, narrowed to exactly those."""

from __future__ import annotations

from typing import Any

import django_filters
from django import forms
from django.db.models import QuerySet
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from minxin.agencies.models import Staff
from minxin.agencies.rules import Permission
from minxin.console.lists import ListPage
from minxin.console.tickets.figures.asked import Asked, FiguresForm, asked_of
from minxin.console.tickets.figures.shown import group_read, names_of
from minxin.console.tickets.listing import TicketFilter, TicketSheet, TicketTable
from minxin.console.tickets.malicious import MaliciousFilter, MaliciousTable
from minxin.core.errors import NotFound
from minxin.tickets.models import MaliciousMark, Ticket, TicketFacts
from minxin.tickets.queries import figures
from minxin.tickets.queries.figures import PART, WHOLE
from minxin.tickets.queries.figures.standing import STANDING
from minxin.tickets.rules.figures import AGE_BANDS

KEPT = (*FiguresForm.base_fields, "by", "group")


class FigureRowsFilter(TicketFilter):
    """The filters of the list; what the number was asked by goes along unseen. A number counts tickets in
    every state, so that none is chosen before she chooses."""

    def __init__(self, data: Any = None, *args: Any, **kwargs: Any) -> None:
        asked = data.copy() if data else QueryDict(mutable=True)
        asked.setdefault("state", "")
        super().__init__(asked, *args, **kwargs)

    def keep(self, queryset: QuerySet[Ticket], name: str, value: str) -> QuerySet[Ticket]:
        return queryset

    class Meta(TicketFilter.Meta):
        pass


class MarkRowsFilter(MaliciousFilter):
    """The same of the marks behind a number."""

    def keep(
        self, queryset: QuerySet[MaliciousMark], name: str, value: str
    ) -> QuerySet[MaliciousMark]:
        return queryset

    class Meta(MaliciousFilter.Meta):
        pass


for _name in KEPT:
    MarkRowsFilter.base_filters[_name] = django_filters.CharFilter(
        method="keep", widget=forms.HiddenInput
    )
    FigureRowsFilter.base_filters[_name] = django_filters.CharFilter(
        method="keep", widget=forms.HiddenInput
    )


class AskedRows(ListPage):
    """A list behind a number: what it was asked by goes along unseen, and back."""

    empty = gettext_lazy("这个数字是零，没有明细。")
    back = (gettext_lazy("诉求概况"), "console:ticket_figures")

    def _asked(self) -> Asked:
        return asked_of(self.request)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        names = {str(each) for each in KEPT}
        shown = self.request.GET.copy()
        for name in KEPT:
            shown.pop(name, None)
        fields = context["filter"].form.fields
        context["chips"] = [
            chip
            for chip, name in zip(
                context["chips"],
                [each for each in fields if self.request.GET.get(each) and each != "q"],
                strict=True,
            )
            if name not in names
        ]
        context["is_filtered"] = bool(context["chips"] or self.request.GET.get("q"))
        return context

    def _back(self) -> str:
        return f"{reverse('console:ticket_figures')}?{self._asked().address()}"


class FigureRowsPage(AskedRows):
    """What a number counts."""

    permission = Permission.READ_TICKETS
    table_class = TicketTable
    sheet_class = TicketSheet
    filterset_class = FigureRowsFilter

    @property
    def title(self) -> Any:
        words, group = self._what(), self._group_said()
        return f"{words}：{group}" if group else words

    def _what(self) -> str:
        key, side = self.kwargs["key"], self.kwargs["side"]
        if key == "standing":
            if side == "overdue":
                return _("现在超期的工单")
            return _("在办工单") if side == "open" else _("在办工单（按时长）")
        figure = figures.BY_KEY.get(key)
        if figure is None or side not in {PART, WHOLE}:
            raise NotFound
        if figure.part is None:
            return _(figure.name)
        which = figure.part_said if side == PART else figure.whole_said
        return f"{_(figure.name)}（{which}）"

    def _group_said(self) -> str:
        group = self.request.GET.get("group")
        if group is None:
            return ""
        by = self._asked().by
        read = group_read(by, group)
        return names_of(by, [read]).get(read, "")

    def rows(self, staff: Staff) -> QuerySet[Ticket]:
        self._what()
        asked, terms = self._asked(), figures.terms(timezone.now())
        rows = asked.rows
        if "group" in self.request.GET:
            group = group_read(asked.by, self.request.GET["group"])
            rows = figures.in_group(rows, asked.by, group)
        key, side = self.kwargs["key"], self.kwargs["side"]
        if key == "standing":
            found = self._standing(rows, side, terms.now)
        else:
            found = figures.rows_behind(rows, key, side, asked.period, terms)
        return figures.tickets_behind(staff, found)

    def _standing(self, rows: QuerySet[TicketFacts], side: str, now: Any) -> QuerySet[TicketFacts]:
        if side == "overdue":
            return figures.overdue_rows(rows, now=now)
        if side == "open":
            return rows.filter(STANDING)
        band = side.removeprefix("band-")
        if not band.isdecimal() or int(band) > len(AGE_BANDS):
            raise NotFound
        return figures.in_band(rows, figures.ages(rows, now=now), int(band))


class MarkRowsPage(AskedRows):
    """What a count of what was called malicious counts; for who may decide over it."""

    permission = Permission.CONFIRM_MALICIOUS
    table_class = MaliciousTable
    filterset_class = MarkRowsFilter

    @property
    def title(self) -> Any:
        figure = figures.MARK_BY_KEY.get(self.kwargs["key"])
        if figure is None:
            raise NotFound
        return f"{_(figure.name)}（{_(figure.said)}）"

    def rows(self, staff: Staff) -> QuerySet[MaliciousMark]:
        asked = self._asked()
        if self.kwargs["key"] not in figures.MARK_BY_KEY:
            raise NotFound
        return figures.marks_behind(staff, self.kwargs["key"], asked.period, asked.narrowing)
