"""One account's runs, step by step with what came; send the robot now; accept what a link now leads to."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from minxin.accounts.models import Account
from minxin.agencies.queries import may
from minxin.agencies.rules import Permission
from minxin.console.base import act, allowed, form_page, staff_of
from minxin.console.supervision.probes.listing import verdict_said
from minxin.core.errors import Refused
from minxin.supervision import probing, queries
from minxin.supervision.actions import probing as acting
from minxin.supervision.models import ProbeRun, ProbeStep
from minxin.supervision.probe_words import BARRIERS, EXPECTED, KINDS
from minxin.supervision.queries import probes
from minxin.supervision.rules.probing import Outcome, StepKind

READ, DECIDE = Permission.READ_SUPERVISION, Permission.CONFIRM_CANDIDATES
SHOWN = 30


@dataclass(frozen=True, slots=True)
class StepShown:
    """One step as people read it."""

    step: ProbeStep
    kind: str
    expected: str
    came: SafeString | str
    said: str
    link: str
    seconds: str
    can_be_accepted: bool
    waits_for_another: bool


def _shown(step: ProbeStep, *, may_accept: bool) -> StepShown:
    kind = StepKind(step.kind)
    is_failing = step.is_failing and step.accepted_at is None
    tone = "problems" if is_failing else "unclear" if step.outcome == Outcome.UNSEEN else ""
    if step.outcome in {Outcome.FINE, Outcome.REACHED}:
        tone = "fine"
    came = verdict_said(tone, probes.came_of(step)) if step.outcome else _("还没有做到这一步")
    is_link = step.target.startswith(("http://", "https://"))
    return StepShown(
        step=step,
        kind=str(KINDS[kind]),
        expected=str(EXPECTED[kind]),
        came=came,
        said=_facts(step),
        link=step.target if is_link and kind is StepKind.MENU_LINK else "",
        seconds=f"{step.ms / 1000:.2f}" if step.ms is not None else "",
        can_be_accepted=may_accept and is_failing and step.outcome == Outcome.DRIFTED,
        waits_for_another=is_failing and kind is StepKind.MENU_LINK and not step.counts,
    )


def _facts(step: ProbeStep) -> str:
    """What was measured of how staff answer, or that an answer was an admission."""
    facts, parts = step.facts, []
    if facts.get("is_unknown"):
        return _("答复说明暂时没有官方答案，并给出了人工和提交诉求的办法。")
    if facts.get("count"):
        words = _("近 30 天人工接待 %(count)s 次，市民等待的中位数 %(minutes)s 分钟。")
        parts.append(words % {"count": facts["count"], "minutes": facts.get("median_minutes", 0)})
    if facts.get("tickets"):
        words = _("近 30 天答复诉求 %(count)s 件，从提交到答复的中位数 %(hours)s 小时。")
        parts.append(words % {"count": facts["tickets"], "hours": facts.get("median_hours", 0)})
    if step.outcome == Outcome.NO_DATA:
        parts.append(_("近 30 天没有人工接待，也没有答复诉求。"))
    if facts.get("waiting_since"):
        at = timezone.localtime(datetime.fromisoformat(facts["waiting_since"]))
        parts.append(_("最早的一位从 %(at)s 起在等人工。") % {"at": f"{at:%Y-%m-%d %H:%M}"})
    return "".join(parts)


def _context(request: HttpRequest, account: Account, run: ProbeRun | None) -> dict[str, Any]:
    staff, now = staff_of(request), timezone.now()
    may_decide = may(staff, DECIDE, account.agency)
    barrier = probes.barrier_of(account)
    active = probes.standing_of(account).active
    is_walking = active is not None and active.status == "running"
    is_moving = run is not None and run.status in probes.ACTIVE and run.due_at <= now + acting.AGAIN
    steps = [_shown(each, may_accept=may_decide) for each in probes.steps_of(run)] if run else []
    failing = [each for each in steps if each.step.is_failing and not each.step.accepted_at]
    return {
        "account": account,
        "run": run,
        "steps": failing + [each for each in steps if each not in failing],
        "taken": sum(bool(each.step.outcome) for each in steps),
        "verdict": verdict_said(run.verdict, run.get_verdict_display()) if run else "",
        "runs": probes.runs_for(staff).filter(account=account)[:SHOWN],
        "barrier": BARRIERS[barrier] if barrier else "",
        "is_moving": is_moving,
        "is_late": is_moving and run is not None and run.due_at <= now,
        "next": active if active not in (None, run) and active.status == "waiting" else None,
        "can_ask": may_decide and barrier is None and not is_moving and not is_walking,
        "may_report": may_decide and account.status != "closed",
        "back": reverse("console:probes"),
    }


@require_safe
@allowed(READ)
def account(request: HttpRequest, number: int) -> HttpResponse:
    """The run under way, else the last that ended."""
    found = queries.account_seen_by(staff_of(request), number)
    now = probes.standing_of(found)
    running = now.active is not None and now.active.begun_at is not None
    context = _context(request, found, now.active if running or now.last is None else now.last)
    return render(request, "console/probe.html", context)


@require_safe
@allowed(READ)
def one(request: HttpRequest, number: int) -> HttpResponse:
    """One run."""
    run = probes.run_for(staff_of(request), number)
    return render(request, "console/probe.html", _context(request, run.account, run))


@require_safe
@allowed(READ)
def progress(request: HttpRequest, number: int) -> HttpResponse:
    """The part of the page that moves; when the run has ended, the page is shown anew."""
    run = probes.run_for(staff_of(request), number)
    context = _context(request, run.account, run)
    answer = render(request, "console/parts/probe_state.html", context)
    if not context["is_moving"]:
        answer["HX-Refresh"] = "true"
    return answer


@require_POST
@allowed(DECIDE)
def ask(request: HttpRequest, number: int) -> HttpResponse:
    """Send the robot now."""
    staff, now = staff_of(request), timezone.now()
    found = queries.account_seen_by(staff, number, DECIDE)
    try:
        run = acting.ask_probe(found, actor=staff, now=now)
    except Refused as refusal:
        messages.error(request, refusal.message)
        return redirect("console:probe_account", number=number)
    probing.wake(run)
    messages.success(request, _("拨测已经开始，一般一分钟内有结果。"))
    return redirect("console:probe_run", number=run.pk)


class AcceptForm(forms.Form):
    """Why what a link now leads to is right."""

    reason = forms.CharField(
        label=gettext_lazy("理由"), max_length=300, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("如“单位官网改版，新网址已备案”。您的姓名会记录在案。"),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@allowed(DECIDE)
def accept(request: HttpRequest, number: int) -> HttpResponse:
    """This person opened it and it is right: from now on the link is held against that."""
    staff, now = staff_of(request), timezone.now()
    step = probes.step_for(staff, number, DECIDE)
    if step.outcome != Outcome.DRIFTED or step.accepted_at is not None:
        raise Http404
    form = AcceptForm(request.POST or None)
    back = reverse("console:probe_run", args=[step.run_id])

    def write() -> None:
        acting.accept_page(step, reason=form.cleaned_data["reason"], actor=staff, now=now)

    done = _("已认可，以后按现在的网站和标题比对。")
    if request.method == "POST" and act(request, form, write, done):
        return redirect(back)
    note = _("“%(label)s”现在打开的是 %(url)s，标题“%(title)s”。请先打开看过，确认内容没有问题。")
    said = {"label": step.label, "url": step.final_url, "title": step.title or _("（没有标题）")}
    return form_page(
        request, form, title=_("认可链接的新内容"), back=back, submit=_("认可"), note=note % said
    )


urlpatterns = [
    path("supervision/probes/accounts/<int:number>/", account, name="probe_account"),
    path("supervision/probes/accounts/<int:number>/ask/", ask, name="probe_ask"),
    path("supervision/probes/runs/<int:number>/", one, name="probe_run"),
    path("supervision/probes/runs/<int:number>/progress/", progress, name="probe_progress"),
    path("supervision/probes/steps/<int:number>/accept/", accept, name="probe_accept"),
]
