"""One filing: left what it is, its steps and ledger, right what this person does next; its papers."""

from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from minxin.accounts import actions
from minxin.accounts.filing_presets import presets
from minxin.accounts.models import LifecycleFiling
from minxin.accounts.queries import lifecycle as queries
from minxin.accounts.rules.filing_presets import Certainty, Counted
from minxin.accounts.rules.lifecycle import Act, Kind, Step
from minxin.accounts.wording import (
    ACTS,
    CERTAINTY,
    CHANGES,
    COUNTED,
    DOING,
    KINDS,
    NAMES,
    OBSTACLES,
)
from minxin.agencies.models import Staff
from minxin.agencies.queries import may
from minxin.agencies.rules import Permission
from minxin.console.accounts.filing_forms import (
    AnnouncementForm,
    StepForm,
    TellForm,
    WhyForm,
    offered_host,
)
from minxin.console.accounts.filing_papers import (
    announcement_paper,
    announcement_title,
    form_paper,
    has_announcement,
    usual_announcement,
)
from minxin.console.accounts.lifecycle import changes_said, due_said, step_said, url_of
from minxin.console.base import act, allowed, form_page, staff_of
from minxin.console.presses import Press
from minxin.reports.layout import Paper, as_docx

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
ORDER = tuple(Certainty)  # the nation's first, ours last
HELP = {
    Step.SIGN: gettext_lazy("下载备案表，由单位负责人签字盖章后，在这里登记并报主管单位审核。"),
    Step.APPROVE: gettext_lazy("核对备案内容。登记签字的人不能审核。"),
    Step.PLATFORM: gettext_lazy("在第三方平台办完后登记，台账随之变更。"),
    Step.ANNOUNCE: gettext_lazy("公告发布后填写链接，作为备案的证据。"),
    Step.REPORT: gettext_lazy("在全国政务新媒体信息报送系统登记后填写。"),
}
DONE = {
    Step.SIGN: gettext_lazy("已上报，等主管单位审核。"),
    Step.APPROVE: gettext_lazy("已审核同意。"),
    Step.PLATFORM: gettext_lazy("已登记，台账已变更。"),
    Step.ANNOUNCE: gettext_lazy("公告已登记。"),
    Step.REPORT: gettext_lazy("已登记，备案办结。"),
}


@require_http_methods(["GET", "POST"])
@allowed(Permission.READ_ACCOUNTS)
def filing(request: HttpRequest, number: int) -> HttpResponse:
    """What is filed, what happened, what comes next."""
    staff, now = staff_of(request), timezone.now()
    found = queries.filing_for(staff, number)
    bound: tuple[str, forms.Form] | None = None
    if request.method == "POST":
        wanted = request.POST.get("act", "")
        if wanted not in {*map(str, DONE), "return", "withdraw"}:
            raise Http404
        if not _is_hers(wanted, found, staff):
            raise Http404
        form = _form(wanted, found, request)

        def write() -> None:
            _write(wanted, found, form, staff, now)

        if act(request, form, write, _done(wanted)):
            seen = queries.filings_for(staff).filter(pk=number).exists()
            return redirect(url_of(found) if seen else "console:lifecycle")
        bound = (wanted, form)
        found = queries.filing_for(staff, number)
    context = _said(found, staff) | {"presses": _presses(found, staff, bound)}
    return render(request, "console/lifecycle_filing.html", context, status=422 if bound else 200)


def _is_hers(wanted: str, found: LifecycleFiling, staff: Staff) -> bool:
    """Whether the act is the unit's and she acts for it, or the office's. Who signed is told by the room
    why she does not approve."""
    office = queries.may_review(staff, found)
    if wanted in {Step.APPROVE, "return"}:
        return office or found.signer_id == staff.pk
    unit = queries.may_keep(staff, found)
    return unit or office if wanted == "withdraw" else unit


def _done(wanted: str) -> str:
    if wanted == "return":
        return _("已退回。")
    return _("已撤回。") if wanted == "withdraw" else str(DONE[Step(wanted)])


def _form(wanted: str, found: LifecycleFiling, request: HttpRequest | None = None) -> forms.Form:
    data = request.POST if request else None
    if wanted in {"return", "withdraw"}:
        return WhyForm(data, prefix=wanted)
    return StepForm(data, prefix=wanted, filing=found, step=Step(wanted))


def _write(wanted: str, found: LifecycleFiling, form: Any, staff: Staff, now: Any) -> None:
    if wanted == "return":
        actions.return_filing(found, reason=form.cleaned_data["reason"], actor=staff, now=now)
    elif wanted == "withdraw":
        actions.withdraw_filing(found, reason=form.cleaned_data["reason"], actor=staff, now=now)
    else:
        actions.take_step(found, Step(wanted), form.taken(), actor=staff, now=now)


def _presses(
    found: LifecycleFiling, staff: Staff, bound: tuple[str, forms.Form] | None
) -> list[Press]:
    """What may be done, the likely first; what was typed stays, though it may be too late for it."""
    names = []
    if queries.may_take(staff, found) and queries.blocked_by(found) is None:
        names.append(found.step)
        if found.step == Step.APPROVE:
            names.append("return")
    if queries.may_withdraw(staff, found):
        names.append("withdraw")
    if bound and bound[0] not in names:
        names.insert(0, bound[0])
    labels = {"return": _("退回修改"), "withdraw": _("撤回备案")}
    helps = {
        "return": _("写明缺什么，单位会看到，修改后重新签字上报。"),
        "withdraw": _("撤回后这项备案结束。已经发生的事情，由主管单位认定不需要备案才能撤回。"),
    }
    return [
        Press(
            name,
            labels.get(name) or DOING[Step(name)],
            helps.get(name) or HELP[Step(name)],
            bound[1] if bound and bound[0] == name else _form(name, found),
            place == 0 and name != "withdraw",
        )
        for place, name in enumerate(names)
    ]


def _said(found: LifecycleFiling, staff: Staff) -> dict[str, Any]:
    kind, account = Kind(found.kind), found.account
    blocked = queries.blocked_by(found)
    ledger = queries.ledger_of(found)
    days = {line.act: line for line in ledger}
    return {
        "filing": found,
        "account": account,
        "title": f"{account.name}（{account.get_platform_display()}）· {KINDS[kind]}",
        "step": step_said(found),
        "due": due_said(found, timezone.localdate()),
        "changes": changes_said(found),
        "way": [
            (
                NAMES[Step(each)],
                days.get(each) if _is_past(found, each) else None,
                each == found.step,
            )
            for each in found.steps
        ],
        "ledger": [(line, ACTS[Act(line.act)]) for line in reversed(ledger)],
        "rules": [
            _rule_said(each)
            for each in sorted(
                queries.rules_for(account, kind, found.changes),
                key=lambda each: ORDER.index(each.preset.certainty),
            )
        ],
        "due_rule": found.due_rule,
        "due_said": _due_rule_said(found.due_rule),
        "blocked": OBSTACLES[blocked] if blocked else "",
        "has_announcement": has_announcement(found),
        "announcement": found.announcement or usual_announcement(found)
        if has_announcement(found)
        else "",
        "may_edit_announcement": queries.may_keep(staff, found)
        and found.announced_on is None
        and found.step not in queries.ENDED,
        "may_amend": queries.is_draft(found) and queries.may_keep(staff, found),
        "still_updates": account.status == "closing",
        "lacks_closing": kind is Kind.CANCEL
        and found.is_event
        and queries.closing_of(account) is None,
        "may_supervise": may(staff, Permission.READ_SUPERVISION, account.agency),
        "back": reverse("console:lifecycle"),
    }


def _is_past(found: LifecycleFiling, step: str) -> bool:
    """Whether a step lies behind it; after a return those before are to be taken anew."""
    if found.step == Step.DONE:
        return True
    if found.step not in found.steps:
        return False
    return bool(found.steps.index(step) < found.steps.index(found.step))


def _rule_said(shown: queries.RuleShown) -> dict[str, Any]:
    days = ""
    if shown.days is not None and shown.counted is not None:
        days = _days_said(shown.days, shown.counted, shown.to)
    return {
        "preset": shown.preset,
        "certainty": CERTAINTY[shown.preset.certainty],
        "days": days,
        "steps": " → ".join(str(NAMES[each]) for each in shown.steps),
    }


def _steps_said(steps: tuple[tuple[Step, str], ...]) -> str:
    """The steps in order, with when one is only sometimes taken."""
    said = []
    for step, only in steps:
        name = str(NAMES[step])
        if only:
            name = _("%(step)s（变更%(what)s时）") % {"step": name, "what": CHANGES[only]}
        said.append(name)
    return " → ".join(said)


def _days_said(days: int, counted: Counted, to: str) -> str:
    return _("%(days)s%(unit)s内报%(to)s") % {"days": days, "unit": COUNTED[counted], "to": to}


def _due_rule_said(rule: dict[str, Any]) -> str:
    if not rule:
        return ""
    words = _("%(title)s（%(certainty)s），%(days)s。%(document)s %(article)s")
    return words % {
        "title": rule["title"],
        "certainty": CERTAINTY[Certainty(rule["certainty"])],
        "days": _days_said(rule["days"], Counted(rule["counted"]), rule["to"]),
        "document": rule["document"],
        "article": rule["article"],
    }


@require_http_methods(["GET", "POST"])
@allowed(Permission.EDIT_ACCOUNTS)
def amend(request: HttpRequest, number: int) -> HttpResponse:
    """Say what is filed otherwise, while it is a draft."""
    staff, now = staff_of(request), timezone.now()
    found = _mine(staff, number)
    is_fixed = found.happened_on is not None
    start = {
        "reason": found.reason,
        "successor": found.successor,
        "name": found.changes.get("name", {}).get("after", ""),
        "agency": offered_host(staff, found.changes.get("agency", {}).get("after_id")),
        "other": found.changes.get("other", {}).get("after", ""),
    }
    form = TellForm(
        request.POST or None, initial=start, kind=Kind(found.kind), staff=staff, is_fixed=is_fixed
    )

    def write() -> None:
        actions.amend_filing(found, form.told(), actor=staff, now=now)

    if request.method == "POST" and act(request, form, write, _("已保存。")):
        return redirect(url_of(found))
    title = _("修改“%(name)s”的%(kind)s") % {
        "name": found.account.name, "kind": KINDS[Kind(found.kind)],
    }  # fmt: skip
    return form_page(request, form, title=title, back=url_of(found))


@require_http_methods(["GET", "POST"])
@allowed(Permission.EDIT_ACCOUNTS)
def announcement(request: HttpRequest, number: int) -> HttpResponse:
    """Edit the notice before it is taken."""
    staff, now = staff_of(request), timezone.now()
    found = _mine(staff, number)
    if not has_announcement(found):
        raise Http404
    usual = usual_announcement(found)
    form = AnnouncementForm(request.POST or None, initial={"text": found.announcement or usual})

    def write() -> None:
        text = form.cleaned_data["text"].replace("\r\n", "\n").strip()
        actions.keep_announcement(
            found, "" if text == usual.strip() else text, actor=staff, now=now
        )

    if request.method == "POST" and act(request, form, write, _("公告已保存。")):
        return redirect(url_of(found))
    note = _("正文按各地公开的公告写成，没有统一的格式。确认后下载或复制发布，再登记公告链接。")
    return form_page(request, form, title=announcement_title(found), back=url_of(found), note=note)


def _mine(staff: Staff, number: int) -> LifecycleFiling:
    found = queries.filing_for(staff, number)
    if not queries.may_keep(staff, found):
        raise Http404
    return found


@require_safe
@allowed(Permission.READ_ACCOUNTS)
def paper(request: HttpRequest, number: int) -> HttpResponse:
    """The form, for Word and WPS."""
    return _sent(form_paper(queries.filing_for(staff_of(request), number)))


@require_safe
@allowed(Permission.READ_ACCOUNTS)
def notice(request: HttpRequest, number: int) -> HttpResponse:
    """The notice to the public, for Word and WPS."""
    found = queries.filing_for(staff_of(request), number)
    if not has_announcement(found):
        raise Http404
    return _sent(announcement_paper(found))


def _sent(made: Paper) -> HttpResponse:
    answer = HttpResponse(as_docx(made), content_type=DOCX)
    answer["Content-Disposition"] = content_disposition_header(True, f"{made.title}.docx") or ""
    return answer


@require_safe
@allowed(Permission.READ_ACCOUNTS)
def rules(request: HttpRequest) -> HttpResponse:
    """Every preset with its source: whose rule it is, and where it holds."""
    found, faults = presets()
    shown = [
        {
            "preset": each,
            "certainty": CERTAINTY[each.certainty],
            "regions": "、".join(each.regions),
            "steps": [(KINDS[kind], _steps_said(steps)) for kind, steps in each.steps.items()],
            "deadlines": [
                (KINDS[kind], _days_said(line.days, line.counted, line.to))
                for kind, line in each.deadlines.items()
            ],
        }
        for each in sorted(found, key=lambda each: (ORDER.index(each.certainty), each.id))
    ]
    context = {"rules": shown, "faults": faults, "back": reverse("console:lifecycle")}
    return render(request, "console/filing_rules.html", context)


urlpatterns = [
    path("accounts/filings/rules/", rules, name="filing_rules"),
    path("accounts/filings/<int:number>/", filing, name="lifecycle_filing"),
    path("accounts/filings/<int:number>/edit/", amend, name="lifecycle_amend"),
    path(
        "accounts/filings/<int:number>/announcement/", announcement, name="lifecycle_announcement"
    ),
    path("accounts/filings/<int:number>/paper/", paper, name="lifecycle_paper"),
    path(
        "accounts/filings/<int:number>/announcement/paper/", notice, name="lifecycle_notice_paper"
    ),
]
