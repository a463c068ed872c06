"""The draft: what it would change, line by line; adopted, or laid aside, by a person."""

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from minxin.agencies.models import Agency, Staff
from minxin.agencies.rules import Permission
from minxin.console.base import act, allowed, form_page, staff_of
from minxin.console.bulk import Bulk
from minxin.console.lists import ListPage, listed
from minxin.console.responsibilities.listing import EDIT, RowFilter, RowTable
from minxin.core.errors import Refused
from minxin.tickets.actions import responsibilities as actions
from minxin.tickets.models import Matter, Responsibility, ResponsibilityList
from minxin.tickets.queries import responsibilities as queries

SHOWN = 300


class MatterField(forms.CharField):
    """A matter by its path, or by its own name where that is the only one."""

    def clean(self, value: Any) -> Any:
        typed = super().clean(value)
        if not typed:
            return None
        words = "/".join(part.strip() for part in str(typed).replace("／", "/").split("/"))
        found = list(Matter.objects.filter(path=words)) or list(
            Matter.objects.filter(name=words)[:2]
        )
        if not found:
            raise forms.ValidationError(_("没有这个事项。可以先在“事项”里增加。"))
        if len(found) > 1:
            raise forms.ValidationError(_("有几个同名事项，请从列表里选。"))
        return found[0]


class RowForm(forms.Form):
    """One line of the list."""

    matter = MatterField(
        label=gettext_lazy("事项"), max_length=255,
        widget=forms.TextInput(attrs={"list": "matters", "autocomplete": "off"}),
        help_text=gettext_lazy("输入几个字后从列表里选，写法是“一级/二级/三级”。"),
        error_messages={"required": gettext_lazy("请选择事项。")},
    )  # fmt: skip
    place = forms.CharField(
        label=gettext_lazy("地点"), required=False, max_length=60,
        help_text=gettext_lazy("街道、社区或道路的名称，与市民写的地点对得上；不填就是全域。"),
    )  # fmt: skip
    agency = forms.ModelChoiceField(
        label=gettext_lazy("主办单位"), queryset=Agency.objects.none(),
        empty_label=gettext_lazy("请选择"),
        error_messages={"required": gettext_lazy("请选择主办单位。")},
    )  # fmt: skip
    co_agencies = forms.ModelMultipleChoiceField(
        label=gettext_lazy("协办单位"), queryset=Agency.objects.none(), required=False,
        help_text=gettext_lazy("按住 Ctrl 可以选几个。"),
    )  # fmt: skip
    basis = forms.CharField(
        label=gettext_lazy("依据"), required=False, max_length=200,
        help_text=gettext_lazy("哪个文件，哪一条。"),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("agency", "co_agencies"):
            self.fields[name].queryset = Agency.objects.filter(is_active=True)  # type: ignore[attr-defined]


class AdoptForm(forms.Form):
    """From when, and why; `revision` is that of the comparison above the form."""

    effective_on = forms.DateField(
        label=gettext_lazy("生效日期"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": gettext_lazy("请填写生效日期。")},
    )  # fmt: skip
    reason = forms.CharField(
        label=gettext_lazy("理由"), max_length=300,
        help_text=gettext_lazy("依据哪个文件或会议，至少 4 个字，记入审计。"),
        error_messages={"required": gettext_lazy("请写明理由，至少 4 个字。")},
    )  # fmt: skip
    revision = forms.IntegerField(widget=forms.HiddenInput)


class DiscardForm(forms.Form):
    """Why it is laid aside."""

    reason = forms.CharField(
        label=gettext_lazy("理由"), max_length=300,
        error_messages={"required": gettext_lazy("请写明理由，至少 4 个字。")},
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@allowed(EDIT)
def draft(request: HttpRequest) -> HttpResponse:
    """What the draft changes, and what can be done with it; without one, how to begin."""
    staff, now = staff_of(request), timezone.now()
    found = queries.draft_list()
    wanted = request.POST.get("act", "")
    if found is None or wanted in {"copy", "empty"}:
        return _begin(request, staff, wanted, now)
    adopt = AdoptForm(
        request.POST if wanted == "adopt" else None, prefix="adopt",
        initial={"effective_on": timezone.localdate(), "revision": found.revision},
    )  # fmt: skip
    discard = DiscardForm(request.POST if wanted == "discard" else None, prefix="discard")
    if wanted == "adopt" and act(
        request, adopt,
        lambda: actions.adopt_list(found, **adopt.cleaned_data, actor=staff, now=now),
        _("已采用，自生效日期起派单以这一版为准。"),
    ):  # fmt: skip
        return redirect("console:responsibilities")
    if wanted == "discard" and act(
        request, discard,
        lambda: actions.discard_draft(found, **discard.cleaned_data, actor=staff, now=now),
        _("草稿已放弃，现行清单不变。"),
    ):  # fmt: skip
        return redirect("console:responsibilities")
    changes = queries.told(queries.changes_of(found))
    kinds = [each.kind for each in changes]
    context = {
        "draft": found,
        "changes": changes[:SHOWN],
        "more": max(len(changes) - SHOWN, 0),
        "counts": {kind: kinds.count(kind) for kind in ("added", "changed", "removed")},
        "blocked": queries.blocks_adoption(found),
        "newest": queries.newest_list(),
        "adopt": adopt,
        "discard": discard,
    }
    is_refused = bool(adopt.errors or discard.errors)
    if adopt.errors:  # what she reads now is what she adopts with the next press
        data = request.POST.copy()
        data["adopt-revision"] = str(found.revision)
        adopt.data = data
    return render(
        request, "console/responsibility_draft.html", context, status=422 if is_refused else 200
    )


def _begin(request: HttpRequest, staff: Staff, wanted: str, now: datetime) -> HttpResponse:
    if wanted in {"copy", "empty"}:
        try:
            actions.begin_draft(is_copy=wanted == "copy", actor=staff, now=now)
        except Refused as refusal:
            messages.error(request, refusal.message)
        return redirect("console:responsibility_draft")
    context = {"newest": queries.newest_list()}
    return render(request, "console/responsibility_draft_none.html", context)


@require_http_methods(["GET", "POST"])
@allowed(EDIT)
def row_new(request: HttpRequest) -> HttpResponse:
    """A new line of the draft."""
    found = queries.draft_list()
    if found is None:
        return redirect("console:responsibility_draft")
    return _row(request, found, None, {})


@require_http_methods(["GET", "POST"])
@allowed(EDIT)
def row(request: HttpRequest, number: int) -> HttpResponse:
    """Change a line of the draft."""
    found = queries.row_for(number)
    start = {
        "matter": found.matter.path,
        "place": found.place,
        "agency": found.agency_id,
        "co_agencies": [each.pk for each in found.co_agencies.all()],
        "basis": found.basis,
    }
    return _row(request, found.version, found, start)


def _row(
    request: HttpRequest,
    version: ResponsibilityList,
    found: Responsibility | None,
    start: dict[str, Any],
) -> HttpResponse:
    staff, now = staff_of(request), timezone.now()
    form = RowForm(request.POST or None, initial=start)

    def write() -> None:
        actions.keep_row(version, found, **form.cleaned_data, actor=staff, now=now)

    if request.method == "POST" and act(request, form, write, _("草稿已保存，采用之后才生效。")):
        return redirect("console:responsibility_draft")
    return form_page(
        request, form, title=_("修改职责") if found else _("增加职责"),
        back=reverse("console:responsibility_draft"), beside="matter",
        beside_template="console/parts/matters.html",
        matters=Matter.objects.filter(is_active=True).values_list("path", flat=True),
        note=_("改的是草稿；看过差异、采用之后才生效。"),
    )  # fmt: skip


def _why_not(found: Responsibility, staff: Staff) -> str:
    if found.version.status != ResponsibilityList.Status.DRAFT:
        return _("这一版已经不是草稿，不能再改。")
    return ""


REMOVE = Bulk(
    name="remove",
    label=gettext_lazy("从草稿去掉"),
    title=gettext_lazy("从草稿去掉 %(count)s 行"),
    done=gettext_lazy("已去掉 %(count)s 行，采用之后才生效。"),
    permission=Permission.EDIT_SETTINGS,
    why_not=_why_not,
    act=lambda found, staff, given, now: actions.remove_row(found, actor=staff, now=now),
)


class DraftRowTable(RowTable):
    """A line opens its form."""

    row_url = staticmethod(lambda row: reverse("console:responsibility", args=[row.pk]))


class DraftRowsPage(ListPage):
    """All lines of the draft."""

    permission = EDIT
    title = gettext_lazy("草稿的全部内容")
    empty = gettext_lazy("草稿还是空的。")
    empty_hint = gettext_lazy("逐行增加，或者导入表格。")
    table_class = DraftRowTable
    filterset_class = RowFilter
    bulks = (REMOVE,)
    buttons = (
        (gettext_lazy("增加一行"), "console:responsibility_new", EDIT),
        (gettext_lazy("导入表格"), "console:responsibility_import_new", EDIT),
    )
    back = (gettext_lazy("职责清单草稿"), "console:responsibility_draft")

    def rows(self, staff: Staff) -> QuerySet[Responsibility]:
        return queries.rows_of(queries.draft_list())


urlpatterns = [
    path("responsibilities/draft/", draft, name="responsibility_draft"),
    listed("responsibilities/draft/rows/", DraftRowsPage, "responsibility_draft_rows"),
    path("responsibilities/draft/rows/new/", row_new, name="responsibility_new"),
    path("responsibilities/draft/rows/<int:number>/", row, name="responsibility"),
]
