"""The ladder 提醒, 催办, 督办: its table, the notice that goes with a step, and the proposal of a talk."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from minxin.agencies.models import Staff
from minxin.agencies.queries import may
from minxin.agencies.rules import Permission
from minxin.console.base import act, allowed, form_page, page_not_found_when_missing, staff_of
from minxin.console.tickets.applying import Offered
from minxin.console.words import Words
from minxin.core.working_time import Span, Unit
from minxin.reports.layout import (
    Addressees,
    Block,
    Centered,
    Paper,
    Paragraph,
    Signature,
    Title,
    as_docx,
    said_on,
)
from minxin.tickets import actions, queries, tasks
from minxin.tickets.models import LadderRung, LadderStep, SpanUnit, Ticket
from minxin.tickets.rules import OPEN, ladder
from minxin.tickets.wording import limit_said

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
NOTICE = "催办通知书"
AUDIENCE = (
    (ladder.Audience.HANDLER, gettext_lazy("承办员")),
    (ladder.Audience.HEAD, gettext_lazy("本单位审核员")),
    (ladder.Audience.SUPERVISOR, gettext_lazy("监管员")),
)


def when_said(row: LadderRung) -> str:
    """When a line goes, in words: 答复期限后 1 个工作日."""
    rung = queries.rung_of(row)
    if not rung.offset.amount:
        return _("到%(limit)s时") % {"limit": row.get_anchor_display()}
    words = _("%(limit)s前 %(span)s") if row.is_before else _("%(limit)s后 %(span)s")
    return words % {"limit": row.get_anchor_display(), "span": limit_said(rung.offset)}


@require_safe
@allowed(Permission.EDIT_SETTINGS)
def ladder_page(request: HttpRequest) -> HttpResponse:
    """All lines, in the order in which they stand."""
    rows = [
        {
            "row": row,
            "when": when_said(row),
            "tells": "、".join(
                str(name) for who, name in AUDIENCE if who in queries.rung_of(row).tells
            ),
        }
        for row in queries.ladder_rows()
    ]
    context = {"rows": rows, "title": _("催督办规则")}
    return render(request, "console/ladder.html", context)


class RungForm(forms.Form):
    """One line: what, when, whom it tells, what goes with it."""

    step = forms.ChoiceField(label=gettext_lazy("动作"), choices=LadderRung.Step.choices)
    anchor = forms.ChoiceField(label=gettext_lazy("相对于"), choices=LadderRung.Anchor.choices)
    is_before = forms.TypedChoiceField(
        label=gettext_lazy("之前还是之后"), coerce=lambda value: value == "1",
        choices=(("1", gettext_lazy("期限之前")), ("0", gettext_lazy("期限之后"))),
        help_text=gettext_lazy("提醒在期限之前，催办和督办在期限之后。"),
    )  # fmt: skip
    amount = forms.IntegerField(label=gettext_lazy("相隔"), min_value=0, max_value=10_000)
    unit = forms.ChoiceField(
        label=gettext_lazy("计时单位"), choices=SpanUnit.choices,
        help_text=gettext_lazy("按工作日的，在那一天开始办公时发出。"),
    )  # fmt: skip
    tells_handler = forms.BooleanField(label=gettext_lazy("告知承办员"), required=False)
    tells_head = forms.BooleanField(label=gettext_lazy("告知本单位审核员"), required=False)
    tells_supervisor = forms.BooleanField(
        label=gettext_lazy("告知监管员"), required=False,
        help_text=gettext_lazy("保密的工单不告知本单位以外的人。"),
    )  # fmt: skip
    has_notice = forms.BooleanField(label=gettext_lazy("附《催办通知书》"), required=False)
    level = forms.TypedChoiceField(
        label=gettext_lazy("督办级别"), coerce=int, choices=Ticket.Supervision.choices,
        help_text=gettext_lazy("只有督办要选。人工定的级别更高时不降低。"),
    )  # fmt: skip
    basis = forms.CharField(label=gettext_lazy("依据"), max_length=200, required=False)
    is_active = forms.BooleanField(label=gettext_lazy("采用"), required=False, initial=True)

    def rung(self, key: str) -> ladder.Rung:
        """As it was typed."""
        given = self.cleaned_data
        tells = frozenset(who for who, _name in AUDIENCE if given[f"tells_{who.value}"])
        return ladder.Rung(
            key, ladder.Step(given["step"]), ladder.Anchor(given["anchor"]), given["is_before"],
            Span(given["amount"], Unit(given["unit"])), tells, given["has_notice"], given["level"],
            given["basis"].strip(),
        )  # fmt: skip


class NewRungForm(RungForm):
    """And its code."""

    key = forms.SlugField(
        label=gettext_lazy("编码"), max_length=40,
        help_text=gettext_lazy("小写字母、数字和横线，例如 urge-again。"),
    )  # fmt: skip
    field_order = ("key",)


@require_http_methods(["GET", "POST"])
@allowed(Permission.EDIT_SETTINGS)
def rung(request: HttpRequest, key: str) -> HttpResponse:
    """Change one line."""
    found: LadderRung = page_not_found_when_missing(
        next((row for row in queries.ladder_rows() if row.key == key), None)
    )
    start = {name: getattr(found, name) for name in RungForm.base_fields}
    start["is_before"] = "1" if found.is_before else "0"
    form = RungForm(request.POST or None, initial=start)
    return _kept(request, form, key, f"{found.get_step_display()} · {when_said(found)}")


@require_http_methods(["GET", "POST"])
@allowed(Permission.EDIT_SETTINGS)
def rung_new(request: HttpRequest) -> HttpResponse:
    """Add a line."""
    form = NewRungForm(request.POST or None)
    key = form.cleaned_data["key"] if form.is_bound and form.is_valid() else ""
    if key and any(row.key == key for row in queries.ladder_rows()):
        form.add_error("key", _("这个编码已经有了，请换一个。"))
    return _kept(request, form, key, _("新增一行"))


def _kept(request: HttpRequest, form: RungForm, key: str, title: str) -> HttpResponse:
    staff, now = staff_of(request), timezone.now()

    def write() -> None:
        actions.keep_rung(
            form.rung(key), is_active=form.cleaned_data["is_active"], actor=staff, now=now
        )

    done = _("催督办规则已保存，未办完的工单会按新规则重新安排；已经发出的不变。")
    if request.method == "POST" and act(request, form, write, done):
        tasks.reconsider_ladder.enqueue()
        return redirect("console:ladder")
    return form_page(request, form, title=title, back=reverse("console:ladder"))


class TalkForm(forms.Form):
    """Why a talk is proposed."""

    reason = Words(
        label=gettext_lazy("建议约谈的理由"),
        help_text=gettext_lazy("只作记录，系统不会通知任何人；是否约谈由您和有关负责人决定。"),
        limit=500,
        rows=3,
    )


def talking(found: Ticket, staff: Staff, wanted: str = "", data: Any = None) -> list[Offered]:
    """The proposal of a talk, where this person may make it and the ticket is overdue."""
    is_sent = wanted == "talk" and data is not None
    if not may(staff, Permission.SUPERVISE_TICKETS, found.agency):
        return []
    is_late = found.status in OPEN and found.stopped_at is None and found.due_at < timezone.now()
    if not (is_late or is_sent):
        return []
    form = TalkForm(data if is_sent else None, prefix="talk")
    done = gettext_lazy("约谈建议已记下，没有通知任何人。")
    return [Offered("talk", gettext_lazy("建议约谈"), form, done, actions.propose_talk)]


def laddered(found: Ticket) -> dict[str, Any]:
    """What was done about a ticket, for its page."""
    return {"ladder_steps": queries.ladder_steps_of(found)}


def notice_paper(step: LadderStep) -> Paper:
    """《催办通知书》: to the agency, about one ticket, without a word of the citizen's. In Chinese, whoever
    prints it."""
    ticket, issuer = step.ticket, step.issuer or step.agency
    made_on = timezone.localtime(step.at).date()
    filed, due = timezone.localtime(ticket.filed_at), timezone.localtime(step.due_at)
    number = f"〔{made_on.year}〕{step.number}"
    blocks: list[Block] = [
        Title(NOTICE),
        Centered(number),
        Addressees(step.agency.name),
        Paragraph.of(
            f"{said_on(filed.date())}，市民提交的诉求工单 {ticket.number}"
            f"（{ticket.get_nature_display()}类）由你单位承办，"
            f"应于{said_on(due.date())}{due:%H:%M}前答复。{step.words}。"
        ),
        Paragraph.of("请抓紧办理并答复市民，同时在工单中写明超期的原因。"),
    ]
    if step.basis:
        blocks.append(Paragraph.of(f"依据：{step.basis}"))
    blocks.append(Signature(issuer.name, made_on))
    return Paper(
        title=f"{NOTICE} {step.number}", author=issuer.name, made_on=made_on, blocks=tuple(blocks)
    )


@require_safe
@allowed(Permission.READ_TICKETS)
def urging(request: HttpRequest, number: str, step: int) -> HttpResponse:
    """The notice, for Word and WPS."""
    paper = notice_paper(queries.urging_for(staff_of(request), number, step))
    answer = HttpResponse(as_docx(paper), content_type=DOCX)
    answer["Content-Disposition"] = content_disposition_header(True, f"{paper.title}.docx") or ""
    return answer


urlpatterns = [
    path("presets/ladder/", ladder_page, name="ladder"),
    path("presets/ladder/new/", rung_new, name="rung_new"),
    path("presets/ladder/<slug:key>/", rung, name="rung"),
    path("tickets/<str:number>/urging/<int:step>/", urging, name="ticket_urging"),
]
