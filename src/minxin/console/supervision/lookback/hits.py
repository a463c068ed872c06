"""Hits: confirmed or dismissed, one or many at once; a person's number is shown to who says why."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import django_filters
import django_tables2 as tables
from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from minxin.agencies.models import Staff
from minxin.agencies.queries import may
from minxin.agencies.rules import Permission
from minxin.console.base import act, allowed, staff_of
from minxin.console.bulk import Bulk
from minxin.console.lists import ListPage, Search, Table, agency_filter, choices_of, listed
from minxin.supervision.actions import hits as acting
from minxin.supervision.models import SEVERITIES, Exemption, Hit, WordList
from minxin.supervision.queries import lookback
from minxin.supervision.queries.decided import text_of
from minxin.supervision.rules.looking import around

READ, DECIDE = Permission.READ_SUPERVISION, Permission.CONFIRM_CANDIDATES


class DismissHitForm(forms.Form):
    """Why it is not so, and whether it is to be told again."""

    reason = forms.CharField(
        label=gettext_lazy("理由"), max_length=300, widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": gettext_lazy("请写明理由，至少 4 个字。")},
    )  # fmt: skip
    remember = forms.ChoiceField(
        label=gettext_lazy("以后还提示吗"), required=False,
        choices=(
            ("", gettext_lazy("照常提示")),
            ("host", gettext_lazy("这个主办单位不再提示这个表述")),
            ("area", gettext_lazy("词表适用范围内都不再提示这个表述")),
        ),
        help_text=gettext_lazy("选不再提示的，同一表述的其他待确认命中一并处理；可以在“不再提示”里恢复。"),
    )  # fmt: skip

    def clean_reason(self) -> str:
        reason: str = self.cleaned_data["reason"].strip()
        if len(reason) < 4:
            raise forms.ValidationError(_("请写明理由，至少 4 个字。"))
        return reason


class RevealForm(forms.Form):
    """Why a person's number must be seen."""

    reason = forms.CharField(
        label=gettext_lazy("查看理由"), max_length=200, help_text=gettext_lazy("查看会记入审计。"),
        error_messages={"required": gettext_lazy("请写明理由，至少 4 个字。")},
    )  # fmt: skip


class HitFilter(Search):
    """Of which trigger, how far decided, how bad, whose."""

    agency_path = "item__account__agency__path"
    searched = ("words", "excerpt", "item__title", "item__account__name")
    scan = django_filters.NumberFilter(
        field_name="scan", label=gettext_lazy("扫描"), widget=forms.HiddenInput
    )
    status = django_filters.ChoiceFilter(label=gettext_lazy("状态"), choices=choices_of(Hit.Status))
    kind = django_filters.ChoiceFilter(
        label=gettext_lazy("触发原因"), choices=choices_of(WordList.Kind),
        field_name="scan__word_list__kind",
    )  # fmt: skip
    severity = django_filters.ChoiceFilter(
        label=gettext_lazy("严重程度"), choices=tuple(SEVERITIES)
    )
    agency = agency_filter(gettext_lazy("主办单位"), READ)

    class Meta:
        model = Hit
        fields = ("scan", "status", "kind", "severity", "agency")


class HitTable(Table):
    """What was found and what stands around it."""

    words = tables.Column(
        verbose_name=gettext_lazy("命中表述"), linkify=lambda record: url_of(record)
    )
    excerpt = tables.Column(verbose_name=gettext_lazy("上下文"), orderable=False)
    account = tables.Column(verbose_name=gettext_lazy("账号"), accessor="item__account__name")
    title = tables.Column(verbose_name=gettext_lazy("标题"), accessor="item__title")
    published_at = tables.DateTimeColumn(
        verbose_name=gettext_lazy("发布时间"), accessor="item__published_at", format="Y-m-d"
    )
    severity = tables.Column(
        verbose_name=gettext_lazy("严重程度"), accessor="get_severity_display", order_by="severity"
    )
    status = tables.Column(
        verbose_name=gettext_lazy("状态"), accessor="get_status_display", order_by="status"
    )

    row_url = staticmethod(lambda record: url_of(record))

    def render_words(self, value: str, record: Hit) -> SafeString:
        if not record.suggestion:
            return format_html("{}", value)
        return format_html('{} <span class="quiet">→ {}</span>', value, record.suggestion)

    class Meta(Table.Meta):
        order_by = ("words", "-published_at")


class HitSheet(HitTable):
    """The columns of published lists of content errors."""

    suggestion = tables.Column(verbose_name=gettext_lazy("正确表述"))
    agency = tables.Column(
        verbose_name=gettext_lazy("主办单位"), accessor="item__account__agency__name"
    )
    platform = tables.Column(
        verbose_name=gettext_lazy("平台"), accessor="item__account__get_platform_display"
    )
    link = tables.Column(verbose_name=gettext_lazy("链接"), accessor="item__url")
    word_list = tables.Column(verbose_name=gettext_lazy("词表"), accessor="scan__word_list__name")
    basis = tables.Column(verbose_name=gettext_lazy("依据"), accessor="term__basis")
    found_at = tables.DateTimeColumn(verbose_name=gettext_lazy("发现时间"), format="Y-m-d H:i")
    decided_by = tables.Column(verbose_name=gettext_lazy("处理人"))
    reason = tables.Column(verbose_name=gettext_lazy("理由"))

    def render_words(self, value: str) -> str:  # type: ignore[override]
        return value

    class Meta(HitTable.Meta):
        pass


def url_of(record: Hit) -> str:
    return reverse("console:hit", args=[record.pk])


def _why_not(hit: Hit, staff: Staff) -> str:
    if hit.status != Hit.Status.OPEN:
        return _("现在是“%(status)s”，不用处理。") % {"status": hit.get_status_display()}
    if not may(staff, DECIDE, hit.item.account.agency):
        return _("不归您的单位监管。")
    return ""


def _confirm(rows: Sequence[Hit], staff: Staff, given: dict[str, Any], now: datetime) -> None:
    acting.confirm_hits(rows, actor=staff, now=now)


def _dismiss(rows: Sequence[Hit], staff: Staff, given: dict[str, Any], now: datetime) -> None:
    acting.dismiss_hits(
        rows, reason=given["reason"], remember=given["remember"], actor=staff, now=now
    )


def _said(hit: Hit) -> str:
    return f"{hit.item.account.name}《{hit.item.title}》：{hit.excerpt}"


BULKS = (
    Bulk(
        name="confirm",
        label=gettext_lazy("确认属实"),
        title=gettext_lazy("确认 %(count)s 处命中，转入整改"),
        done=gettext_lazy("已确认 %(count)s 处，按账号登记为问题。"),
        permission=DECIDE,
        why_not=_why_not,
        said=_said,
        act_together=_confirm,
    ),
    Bulk(
        name="dismiss",
        label=gettext_lazy("不成立"),
        title=gettext_lazy("认定 %(count)s 处命中不成立"),
        done=gettext_lazy("已认定 %(count)s 处不成立。"),
        permission=DECIDE,
        why_not=_why_not,
        said=_said,
        act_together=_dismiss,
        form=DismissHitForm,
    ),
)


class HitsPage(ListPage):
    """What waits for a person, and what became of the rest."""

    permission = READ
    title = gettext_lazy("回头看命中")
    empty = gettext_lazy("没有命中。")
    empty_hint = gettext_lazy(
        "词表修改后，在已发布内容中查到的表述会列在这里，由人确认后转入整改。"
    )
    table_class = HitTable
    sheet_class = HitSheet
    filterset_class = HitFilter
    bulks = BULKS
    back = (gettext_lazy("存量回头看"), "console:lookback")

    def rows(self, staff: Staff) -> QuerySet[Hit]:
        return lookback.hits_for(staff)


@require_http_methods(["GET", "POST"])
@allowed(READ)
def one(request: HttpRequest, number: int) -> HttpResponse:
    """The place in its text; confirm, dismiss, or see a person's number."""
    staff, now = staff_of(request), timezone.now()
    hit = lookback.hit_for(staff, number)
    wanted = request.POST.get("act", "")
    dismiss = DismissHitForm(request.POST if wanted == "dismiss" else None, prefix="dismiss")
    reveal = RevealForm(request.POST if wanted == "reveal" else None, prefix="reveal")
    confirm = forms.Form(request.POST if wanted == "confirm" else None)
    shown: list[str] = []
    if request.method == "POST":
        hit = lookback.hit_for(staff, number, DECIDE)
        following = lookback.next_hit(staff, hit)
        match wanted:
            case "confirm":
                done = act(request, confirm, lambda: _confirm([hit], staff, {}, now),
                           _("已确认，转入整改。"))  # fmt: skip
            case "dismiss":
                done = act(request, dismiss,
                           lambda: _dismiss([hit], staff, dismiss.cleaned_data, now),
                           _("已认定不成立。"))  # fmt: skip
            case "reveal":
                act(request, reveal, lambda: shown.append(
                    acting.reveal_hit(
                        hit, reason=reveal.cleaned_data["reason"], actor=staff, now=now
                    )
                ))  # fmt: skip
                done = False
            case _:
                done = False
        if done:
            return redirect("console:hit", number=following.pk if following else number)
    text = text_of(hit)
    before, words, after = around(text, hit.offset, hit.length) if text else ("", "", "")
    may_decide = not _why_not(hit, staff)
    context = {
        "hit": hit, "item": hit.item, "before": before, "words": words, "after": after,
        "text": text, "shown": shown[0] if shown else "", "dismiss_form": dismiss,
        "reveal_form": reveal, "confirm_form": confirm, "may_decide": may_decide,
        "may_reveal": hit.term_id is None and hit.key in acting.PRIVATE_KEYS
        and may(staff, DECIDE, hit.item.account.agency),
        "next": lookback.next_hit(staff, hit), "back": reverse("console:hits"),
    }  # fmt: skip
    status = 422 if dismiss.errors or reveal.errors or confirm.errors else 200
    return render(request, "console/hit.html", context, status=status)


class ExemptionFilter(Search):
    """Whose."""

    searched = ("words", "reason")
    agency = agency_filter(gettext_lazy("适用范围"), READ)

    class Meta:
        model = Exemption
        fields = ("agency",)


class ExemptionTable(Table):
    """What is not told again, and why."""

    words = tables.Column(verbose_name=gettext_lazy("表述"))
    agency = tables.Column(verbose_name=gettext_lazy("适用范围"), accessor="agency__name")
    reason = tables.Column(verbose_name=gettext_lazy("理由"))
    made_by = tables.Column(verbose_name=gettext_lazy("经办人"))
    made_at = tables.DateTimeColumn(verbose_name=gettext_lazy("时间"), format="Y-m-d H:i")

    class Meta(Table.Meta):
        order_by = "-made_at"


class ExemptionsPage(ListPage):
    """What somebody dismissed for good."""

    permission = READ
    title = gettext_lazy("不再提示的表述")
    empty = gettext_lazy("没有设为不再提示的表述。")
    empty_hint = gettext_lazy("认定命中不成立时，可以选择以后不再提示，理由会留在这里。")
    table_class = ExemptionTable
    filterset_class = ExemptionFilter
    back = (gettext_lazy("存量回头看"), "console:lookback")
    bulks = (
        Bulk(
            name="lift",
            label=gettext_lazy("恢复提示"),
            title=gettext_lazy("恢复提示 %(count)s 个表述"),
            done=gettext_lazy("已恢复 %(count)s 个，下次扫描起照常提示。"),
            permission=DECIDE,
            why_not=lambda row, staff: (
                "" if may(staff, DECIDE, row.agency) else _("不归您的单位监管。")
            ),
            act=lambda row, staff, given, now: acting.lift_exemption(row, actor=staff, now=now),
        ),
    )

    def rows(self, staff: Staff) -> QuerySet[Exemption]:
        return lookback.exemptions_for(staff)


urlpatterns = [
    listed("lookback/hits/", HitsPage, "hits"),
    path("lookback/hits/<int:number>/", one, name="hit"),
    listed("lookback/exemptions/", ExemptionsPage, "exemptions"),
]
