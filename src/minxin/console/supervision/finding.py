"""One finding: left what it is and its whole ledger, right what this person does next."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from minxin.agencies.models import Staff
from minxin.agencies.queries import may
from minxin.agencies.rules import Permission
from minxin.console.base import act, allowed, staff_of
from minxin.console.presses import Press
from minxin.console.supervision.findings import due_said, state_said
from minxin.console.supervision.rectifying_forms import (
    CloseForm,
    DisputeForm,
    ExtensionForm,
    FeedbackForm,
    ReasonForm,
)
from minxin.core.errors import NotFound, Refused
from minxin.supervision import actions, queries
from minxin.supervision.models import Finding
from minxin.supervision.queries.findings import PERMISSIONS
from minxin.supervision.rules.clock import day_of
from minxin.supervision.rules.measures import measures_for
from minxin.supervision.rules.rectification import Act, Side, State, transition
from minxin.supervision.tasks import look_at_links
from minxin.supervision.wording import ACTS, ADVICE, link_said, proof_said

# Steps that another page takes: a notice is written for several findings.
ELSEWHERE = frozenset({Act.ISSUE, Act.REISSUE})
# Never the likely one, so folded; and two of which neither is.
RARE = frozenset({Act.REOPEN, Act.SETTLE})
EITHER = frozenset({Act.ACCEPT, Act.UPHOLD})
HELP = {
    Act.SIGN: gettext_lazy(
        "签收只表示收到，对问题有不同意见的，签收后可以申辩。同一通知单一起签收。"
    ),
    Act.ANSWER: gettext_lazy("反馈后由监管单位审核、复查，都合格才销号。"),
    Act.DISPUTE: gettext_lazy(
        "裁定之前期限暂停。成立的撤销问题，不成立的继续整改，剩下的天数不变。"
    ),
    Act.ASK_EXTENSION: gettext_lazy("只能在期限之前申请；答复之前原期限不变。"),
    Act.APPROVE: gettext_lazy("材料齐全、措施对路就通过，接着复查问题本身。"),
    Act.RETURN: gettext_lazy("写明缺什么，单位会看到。审核用掉的时间不算单位的。"),
    Act.CLOSE: gettext_lazy("请打开账号页面看过再销号。系统已查到问题解决的，可以不另附证据。"),
    Act.ACCEPT: gettext_lazy("问题撤销，原来的机器判断记为确认后撤销，同样的事实不再列出。"),
    Act.REOPEN: gettext_lazy("重新计算整改期限。"),
}
DONE = {
    Act.SIGN: gettext_lazy("已签收。"),
    Act.ANSWER: gettext_lazy("已反馈，等监管单位审核。"),
    Act.DISPUTE: gettext_lazy("已提交，等监管单位裁定，期限暂停。"),
    Act.ASK_EXTENSION: gettext_lazy("已申请，等监管单位答复。"),
    Act.APPROVE: gettext_lazy("已通过审核，请复查。"),
    Act.RETURN: gettext_lazy("已退回。"),
    Act.CLOSE: gettext_lazy("已销号。"),
    Act.ACCEPT: gettext_lazy("申辩成立，问题已撤销。"),
    Act.UPHOLD: gettext_lazy("申辩不成立，单位继续整改。"),
    Act.GRANT: gettext_lazy("已同意延期。"),
    Act.REFUSE: gettext_lazy("已答复不同意延期。"),
    Act.REOPEN: gettext_lazy("已要求重新整改。"),
    Act.SETTLE: gettext_lazy("已随账号销号。"),
}
WITH_REASON: dict[Act, Callable[..., object]] = {
    Act.APPROVE: actions.pass_review,
    Act.RETURN: actions.return_finding,
    Act.ACCEPT: actions.accept_defence,
    Act.UPHOLD: actions.reject_defence,
    Act.GRANT: actions.grant_extension,
    Act.REFUSE: actions.refuse_extension,
    Act.REOPEN: actions.reopen_finding,
    Act.SETTLE: actions.settle_finding,
}


@require_http_methods(["GET", "POST"])
@allowed(Permission.READ_SUPERVISION)
def finding(request: HttpRequest, number: int) -> HttpResponse:
    """What it is, what happened, what comes next."""
    staff, now = staff_of(request), timezone.now()
    found = queries.finding_for(staff, number)
    bound: tuple[Act, forms.Form] | None = None
    if request.method == "POST":
        wanted = _wanted(request)
        queries.finding_for(staff, number, PERMISSIONS[transition(wanted).side])
        form = _form(wanted, found, now, request)
        if act(request, form, _write(wanted, found, form, staff, now), str(DONE[wanted])):
            is_seen = may(staff, Permission.READ_SUPERVISION, found.account.agency)
            return (
                redirect("console:finding", number=number) if is_seen else redirect("console:home")
            )
        bound = (wanted, form)
        found = queries.finding_for(staff, number)
    context = _said(found, staff, now) | {
        "presses": _presses(found, staff, now, bound),
        "notify_url": _notify_url(found, staff, now),
    }
    return render(request, "console/finding.html", context, status=422 if bound else 200)


def _wanted(request: HttpRequest) -> Act:
    try:
        wanted = Act(request.POST.get("act", ""))
    except ValueError as error:
        raise Http404 from error
    if wanted not in DONE:
        raise Http404
    return wanted


def _presses(
    found: Finding, staff: Staff, now: datetime, bound: tuple[Act, forms.Form] | None
) -> list[Press]:
    """What may be done, the likely first; what was typed stays, though it may be too late for it."""
    acts = [each for each in queries.steps_open_to(staff, found, now=now) if each not in ELSEWHERE]
    if bound and bound[0] not in acts:
        acts.insert(0, bound[0])
    return [
        Press(
            each.value, ACTS[each], HELP.get(each, ""),
            bound[1] if bound and bound[0] is each else _form(each, found, now),
            each in EITHER or (place == 0 and each not in RARE),
        )
        for place, each in enumerate(acts)
    ]  # fmt: skip


def _form(
    wanted: Act, found: Finding, now: datetime, request: HttpRequest | None = None
) -> forms.Form:
    data = request.POST if request else None
    files = request.FILES if request else None
    name = wanted.value
    match wanted:
        case Act.SIGN:
            return forms.Form(data, prefix=name)
        case Act.ANSWER:
            measures, advice = measures_for(
                found.indicator, platform=found.account.platform, severity=found.severity
            )
            return FeedbackForm(
                data, files, prefix=name, now=now, measures=measures, today=day_of(now),
                advice=ADVICE[advice] if advice else "",
            )  # fmt: skip
        case Act.DISPUTE:
            return DisputeForm(data, files, prefix=name, now=now)
        case Act.CLOSE:
            return CloseForm(data, files, prefix=name, now=now)
        case Act.ASK_EXTENSION:
            return ExtensionForm(data, prefix=name)
    return ReasonForm(data, prefix=name, required=transition(wanted).needs_reason)


def _write(
    wanted: Act, found: Finding, form: Any, staff: Staff, now: datetime
) -> Callable[[], object]:
    def write() -> object:
        given, who = form.cleaned_data, {"actor": staff, "now": now}
        match wanted:
            case Act.SIGN:
                if found.notice is None:
                    raise Http404
                return actions.sign_notice(found.notice, actor=staff, now=now)
            case Act.ANSWER:
                return actions.answer_finding(
                    found, measure=given["measure"], done=given["done"],
                    done_on=given["done_on"], proof=form.proof(), actor=staff, now=now,
                )  # fmt: skip
            case Act.DISPUTE:
                return actions.dispute(
                    found, kind=given["kind"], statement=given["statement"], proof=form.proof(),
                    actor=staff, now=now,
                )  # fmt: skip
            case Act.ASK_EXTENSION:
                return actions.ask_extension(
                    found, until=given["until"], reason=given["reason"], actor=staff, now=now
                )
            case Act.CLOSE:
                return actions.close_finding(
                    found, proof=form.proof(), reason=given["reason"], actor=staff, now=now
                )
        return WITH_REASON[wanted](found, reason=given["reason"], **who)

    return write


def _notify_url(found: Finding, staff: Staff, now: datetime) -> str:
    if not ELSEWHERE & set(queries.steps_open_to(staff, found, now=now)):
        return ""
    return f"{reverse('console:notify')}?finding={found.pk}"


def _said(found: Finding, staff: Staff, now: datetime) -> dict[str, Any]:
    is_supervisor = may(staff, PERMISSIONS[Side.SUPERVISOR], found.account.agency)
    is_moved = found.notice is not None and found.notice.unit_id != found.account.agency_id
    is_open = State(found.state) not in {State.CLOSED, State.WITHDRAWN}
    content = (
        (_("标题"), "title"), (_("发布时间"), "published_at"), (_("错误表述"), "wrong"),
        (_("正确表述"), "right"),
    )  # fmt: skip
    return {
        "finding": found,
        "account": found.account,
        "title": f"{found.account.name} · {found.title}",
        "detail": queries.said_to_reader(found),
        "state": state_said(found, now=now),
        "due": due_said(found, now=now),
        "content": [(label, found.facts[key]) for label, key in content if found.facts.get(key)],
        "url": _web(str(found.facts.get("url", ""))),
        "proof": proof_said(queries.proof_of(found, now=now)) if is_open else "",
        "steps": [(step, ACTS[Act(step.act)]) for step in reversed(queries.ledger_of(found))],
        "feedback": [
            (each, queries.kept_proof_said(each.proof)) for each in queries.feedback_of(found)
        ],
        "defences": queries.defences_of(found),
        "is_moved": is_moved,
        "link_looks": [
            (each, link_said(each.status, each.failure) if each.looked_at else "")
            for each in queries.link_looks_of(found)
        ],
        "may_ask_links": is_open
        and bool(queries.links_of(found))
        and any(may(staff, each, found.account.agency) for each in PERMISSIONS.values()),
        "may_read_notice": found.notice is not None
        and may(staff, Permission.READ_SUPERVISION, found.notice.unit),
        "nobody_signs": is_supervisor
        and is_open
        and found.state in {State.OPEN, State.NOTIFIED, State.SIGNED}
        and queries.has_nobody_to_sign(found),
        "back": reverse("console:findings" if is_supervisor else "console:to_rectify"),
        "back_name": _("问题整改台账") if is_supervisor else _("待整改"),
    }


def _web(link: str) -> str:
    return link if link.startswith(("http://", "https://")) else ""


@require_POST
@allowed(Permission.READ_SUPERVISION)
def links(request: HttpRequest, number: int) -> HttpResponse:
    """Let the system open the finding's links; how they answer stands on its page."""
    staff, now = staff_of(request), timezone.now()
    found = queries.finding_for(staff, number)
    try:
        look_at_links(actions.ask_link_look(found, actor=staff, now=now))
        messages.success(request, _("系统正在打开链接，稍后刷新就能看到结果。"))
    except NotFound:
        raise
    except Refused as refusal:
        messages.error(request, refusal.message)
    return redirect("console:finding", number=number)


urlpatterns = [
    path("rectification/<int:number>/", finding, name="finding"),
    path("rectification/<int:number>/links/", links, name="finding_links"),
]
