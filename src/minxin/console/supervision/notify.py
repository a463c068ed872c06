"""A finding opened by hand; 《问题整改通知单》: written for the chosen findings of one unit, read, signed for."""

from typing import Any

from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from minxin.agencies.queries import may
from minxin.agencies.rules import Permission
from minxin.console.base import act, allowed, form_page, staff_of
from minxin.console.supervision.findings import MOST_PICKED
from minxin.console.supervision.rectifying_forms import NoticeForm, ReportForm
from minxin.core.errors import NotFound
from minxin.supervision import actions, queries
from minxin.supervision.models import Finding
from minxin.supervision.rules.rectification import Act
from minxin.supervision.terms import terms_of
from minxin.supervision.wording import BY_HAND, CERTAINTY

ISSUED = frozenset({Act.ISSUE, Act.REISSUE})


@require_http_methods(["GET", "POST"])
@allowed(Permission.RECTIFY_FINDINGS)
def notify(request: HttpRequest) -> HttpResponse:
    """Say what the unit is asked for; the chosen findings stand in the address."""
    staff, now = staff_of(request), timezone.now()
    picked = [each for each in request.GET.getlist("finding") if each.isdecimal()][:MOST_PICKED]
    rows = queries.findings_for(staff, Permission.RECTIFY_FINDINGS).filter(pk__in=picked)
    able: list[Finding] = []
    unable: list[Finding] = []
    for each in rows.order_by("account__agency__path", "pk"):
        is_able = bool(ISSUED & set(queries.steps_open_to(staff, each, now=now)))
        (able if is_able else unable).append(each)
    if not able and not unable:
        raise NotFound
    units = list(dict.fromkeys(each.account.agency for each in able))
    terms = terms_of(able[0].account.region_code or units[0].region_code) if able else None
    form = NoticeForm(
        request.POST or None, initial={"requirement": terms.requirement if terms else ""}
    )
    issued: list[Any] = []

    def write() -> None:
        issued.append(
            actions.issue_notice(
                able, requirement=form.cleaned_data["requirement"],
                due_on=form.cleaned_data["due_on"], actor=staff, now=now,
            )
        )  # fmt: skip

    if request.method == "POST" and act(request, form, write, _("通知单已发出，等单位签收。")):
        return redirect("console:rectification_notice", number=issued[0].pk)
    context = {
        "title": _("发整改通知单"),
        "form": form,
        "lines": [
            (
                each,
                queries.said_to_reader(each),
                actions.due_for(each, each.account.agency, now=now),
            )
            for each in able
        ],
        "unable": unable,
        "units": units,
        "terms": terms,
        "certainty": CERTAINTY[terms.certainty] if terms else "",
        "nobody_signs": [each.account.agency for each in able if queries.has_nobody_to_sign(each)][
            :1
        ],
        "back": reverse("console:findings"),
    }
    return render(request, "console/notify.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@allowed(Permission.READ_SUPERVISION)
def rectification_notice(request: HttpRequest, number: int) -> HttpResponse:
    """What was said then, whether it was signed for, and how far each problem is now."""
    staff, now = staff_of(request), timezone.now()
    found = queries.notice_for(staff, number)
    may_answer = may(staff, Permission.ANSWER_FINDINGS, found.unit)
    form = Form(request.POST if request.method == "POST" else None)
    if request.method == "POST":
        if not may_answer:
            raise NotFound
        if act(
            request, form, lambda: actions.sign_notice(found, actor=staff, now=now), _("已签收。")
        ):
            return redirect("console:rectification_notice", number=number)
    rows = {
        each.pk: each for each in queries.findings_for(staff).filter(notice_lines__notice=found)
    }
    is_hers = found.issued_by_id == staff.pk  # who issued it is not asked to sign for it
    is_unit = may_answer and not is_hers
    context = {
        "title": found.number,
        "notice": found,
        "sheet": queries.notice_sheet(found),
        "lines": [(line, rows.get(line.finding_id)) for line in found.lines.order_by("position")],
        "form": form,
        "may_sign": is_unit
        and any(each.state == "notified" and each.notice_id == found.pk for each in rows.values()),
        "back": reverse("console:to_rectify" if is_unit else "console:findings"),
        "back_name": _("待整改") if is_unit else _("问题整改台账"),
    }
    return render(
        request, "console/rectification_notice.html", context, status=422 if form.errors else 200
    )


@require_http_methods(["GET", "POST"])
@allowed(Permission.CONFIRM_CANDIDATES)
def report(request: HttpRequest, number: int) -> HttpResponse:
    """What a supervisor saw on an account's page, outside of any check."""
    staff, now = staff_of(request), timezone.now()
    account = queries.account_seen_by(staff, number, Permission.CONFIRM_CANDIDATES)
    form = ReportForm(request.POST or None, request.FILES or None, now=now)
    opened: list[Finding] = []

    def write() -> None:
        given = form.cleaned_data
        with translation.override("zh-hans"):
            title = str(BY_HAND[given["indicator"]])
        opened.append(
            actions.report_finding(
                account, indicator=given["indicator"], title=title, severity=given["severity"],
                facts=form.facts(), proof=form.proof(), actor=staff, now=now,
            )
        )  # fmt: skip

    if request.method == "POST" and act(request, form, write, _("已登记，可以发整改通知单。")):
        return redirect("console:finding", number=opened[0].pk)
    return form_page(
        request, form, title=_("登记“%(name)s”的问题") % {"name": account.name},
        back=reverse("console:supervised_account", args=[account.pk]), submit=_("登记"),
        note=_("登记的是您亲自看到、已能确认的问题，须附证据；您的姓名会记录在案。"),
        template="console/form_with_file.html",
    )  # fmt: skip


urlpatterns = [
    path("rectification/report/<int:number>/", report, name="report_finding"),
    path("rectification/notify/", notify, name="notify"),
    path("rectification/notices/<int:number>/", rectification_notice, name="rectification_notice"),
]
