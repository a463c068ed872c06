"""My tickets: file, follow, rate, ask again."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils import timezone
from django.utils.crypto import get_random_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from minxin.citizens.actions import keep_contact
from minxin.citizens.queries import contact_of, profile_of
from minxin.citizens.rules import CONSENT_VERSION, good_name, good_phone
from minxin.core.crypto import keyed_hash
from minxin.core.errors import Refused
from minxin.portal import following
from minxin.portal.base import Visit, citizens_only, page, public
from minxin.portal.sheets import SHAPES, sheet
from minxin.supervision.probe_passes import is_good_pass
from minxin.tickets import actions, queries
from minxin.tickets.queries import neighbours
from minxin.tickets.rules import DISSATISFIED, LONGEST_TEXT, OPEN, SHORTEST_TEXT, Verb, may_follow
from minxin.tickets.wording import day_said

LEVELS = (
    ("very_satisfied", gettext_lazy("非常满意")),
    ("satisfied", gettext_lazy("满意")),
    ("fairly_satisfied", gettext_lazy("基本满意")),
    ("dissatisfied", gettext_lazy("不满意")),
    ("very_dissatisfied", gettext_lazy("非常不满意")),
)


class FileForm(forms.Form):
    """What happened, where, and how to reach her if she likes."""

    text = forms.CharField(
        label=gettext_lazy("什么事"),
        min_length=SHORTEST_TEXT,
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(
            attrs={"rows": 6, "placeholder": gettext_lazy("什么事、什么时候、希望怎样解决")}
        ),
        error_messages={
            "required": gettext_lazy("请写明是什么事。"),
            "min_length": gettext_lazy("请把情况说得具体一些：什么事、在哪里、什么时候。"),
        },
    )
    place = forms.CharField(label=gettext_lazy("在哪里"), max_length=200, required=False)
    category = forms.ChoiceField(label=gettext_lazy("类别"), required=False)
    phone = forms.CharField(
        label=gettext_lazy("联系电话"),
        max_length=20,
        required=False,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel", "data-private": True}),
    )
    real_name = forms.CharField(
        label=gettext_lazy("怎么称呼"),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "name", "data-private": True}),
    )
    consent = forms.BooleanField(required=False)
    texts = forms.BooleanField(required=False)
    token = forms.CharField(widget=forms.HiddenInput, max_length=32)

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        choices = [("", _("由工作人员判断"))]
        choices += [(each.code, each.name) for each in queries.categories()]
        self.fields["category"].choices = choices  # type: ignore[attr-defined]

    def clean(self) -> dict[str, object]:
        given = super().clean() or {}
        phone, name = given.get("phone"), given.get("real_name")
        if phone and good_phone(phone) is None:
            self.add_error("phone", _("电话号码不正确，请填写手机号，或带区号的座机号。"))
        if name and good_name(name) is None:
            self.add_error("real_name", _("姓名中有不能识别的字符，请核对。"))
        if (phone or name) and not given.get("consent"):
            self.add_error(
                "consent", _("留下电话前，请先阅读并同意个人信息说明；不留电话也可以提交。")
            )
        return given


PAGE = 20
STATES = (
    ("", gettext_lazy("全部")),
    ("open", gettext_lazy("办理中")),
    ("answered", gettext_lazy("已答复")),
    ("closed", gettext_lazy("已办结")),
)
SHEET_TITLES = (
    gettext_lazy("编号"),
    gettext_lazy("内容"),
    gettext_lazy("地点"),
    gettext_lazy("承办单位"),
    gettext_lazy("状态"),
    gettext_lazy("提交时间"),
    gettext_lazy("承诺答复"),
    gettext_lazy("答复时间"),
    gettext_lazy("答复内容"),
)


@citizens_only
def tickets(visit: Visit) -> HttpResponse:
    """All of mine, the newest first; by words and state, and as a sheet."""
    now = timezone.now()
    words, state = visit.request.GET.get("q", "").strip(), visit.request.GET.get("state", "")
    found = queries.found_for_citizen(visit.me, words=words, state=state)
    shape = visit.request.GET.get("sheet", "")
    if shape in SHAPES:
        return sheet([*SHEET_TITLES], _sheet_rows(found), shape, _("我的诉求"))
    shown = Paginator(found, PAGE).get_page(visit.request.GET.get("page", "1"))
    rows = [
        {
            "ticket": ticket,
            "brief": queries.in_brief(ticket, 30),
            "deadline": queries.deadline_of(ticket, now=now),
            "is_open": ticket.status in OPEN,
        }
        for ticket in shown
    ]
    kept = {name: value for name, value in (("q", words), ("state", state)) if value}
    return page(
        visit,
        "tickets",
        rows=rows,
        shown=shown,
        words=words,
        state=state,
        states=STATES,
        kept=urlencode(kept),
        has_any=bool(rows) or queries.of_citizen(visit.me).exists(),
        followed=neighbours.followed_by(visit.me)[:PAGE],
    )


def _sheet_rows(found: Any) -> Iterator[list[str]]:
    for ticket in found.iterator(chunk_size=200):
        answered = ticket.answered_at
        yield [
            ticket.number,
            ticket.text,
            ticket.place,
            ticket.agency.name,
            queries.shown_status_label(ticket),
            _minute(ticket.filed_at),
            _minute(ticket.due_at),
            _minute(answered) if answered else "",
            ticket.answer,
        ]


def _minute(value: datetime) -> str:
    return f"{timezone.localtime(value):%Y-%m-%d %H:%M}"


@citizens_only
def ticket(visit: Visit, number: str) -> HttpResponse:
    """One of mine: the promise on top, what happened below, one next step."""
    found = queries.by_number_for_citizen(number, visit.me)
    now = timezone.now()
    deadline = queries.deadline_of(found, now=now)
    return page(
        visit,
        "ticket",
        ticket=found,
        steps=_shown_steps(found),
        is_open=found.status in OPEN,
        promise=_promise(found.promised_at, now),
        moved=found.due_at != found.promised_at,
        ledger=queries.ledger_of(found, now=now, is_public_only=True),
        deadline=deadline,
        rating=queries.rating_of(found),
        can_rate=queries.can_be_rated(found),
        can_reopen=queries.can_be_reopened(found, now=now),
        reopening_ends=queries.reopening_ends(found),
    )


def _promise(due_at: datetime, now: datetime) -> str:
    """The promised day, as people say it; with the hour where "before tomorrow" would mislead."""
    due, today = timezone.localtime(due_at), timezone.localtime(now).date()
    words = day_said(due.date(), today)
    is_near = abs((due.date() - today).days) <= 1
    return f"{words} {due:%H:%M} " if is_near else words


def _shown_steps(ticket: Any) -> list[queries.Step]:
    """What happened, the newest first. The answer in force stands above, not among the steps;
    those of earlier rounds stay readable here."""
    steps = queries.steps(ticket, is_public_only=True)
    if ticket.status in OPEN:
        return steps
    latest = next((step for step in steps if step.verb == "answered"), None)
    return [replace(step, text="") if step is latest else step for step in steps]


@citizens_only
def file(visit: Visit) -> HttpResponse:
    """File a ticket; what was typed is kept when something is missing."""
    request, now = visit.request, timezone.now()
    form = FileForm(request.POST or None, initial={"token": get_random_string(20)})
    near = following.near(visit, form.cleaned_data) if form.is_bound and form.is_valid() else []
    if request.method == "POST" and form.is_valid() and not near:
        given = form.cleaned_data
        category = queries.categories().filter(code=given["category"]).first()
        try:
            if given["phone"] or given["real_name"]:
                kept = contact_of(visit.me)  # what she leaves blank stays as it was
                keep_contact(
                    visit.me, real_name=given["real_name"] or kept.real_name,
                    phone=given["phone"] or kept.phone,
                    consent_version=CONSENT_VERSION, agrees_to_texts=given["texts"],
                    actor=visit.me, now=now,
                )  # fmt: skip
            made = actions.file(
                text=given["text"], place=given["place"], category=category, citizen=visit.me,
                account=visit.account, source="portal",
                key=_key(visit, given), actor=visit.me, now=now,
            )  # fmt: skip
            messages.success(
                request, _("已提交。答复会发到您的微信。"), f"file:{visit.account.app_id}"
            )
            return redirect("portal:ticket", app_id=visit.account.app_id, number=made.number)
        except Refused as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
    status = 422 if form.errors else 200
    kept_phone = profile_of(visit.me).masked_phone
    return page(
        visit,
        "file",
        form=form,
        longest=LONGEST_TEXT,
        kept_phone=kept_phone,
        near=near,
        status=status,
        can_text=bool(settings.MINXIN_SMS_URL),
    )


def _key(visit: Visit, given: dict[str, Any]) -> str:
    """The same words from the same page are one ticket, however often they are sent.

    Other words are another, even from a page she went back to. The key names nobody: it stays
    with the ticket when she leaves.
    """
    return "portal:" + keyed_hash(visit.me.key, given["token"], given["text"].strip())


@public
def probe(visit: Visit) -> HttpResponse:
    """The form as a probe tries it, without a citizen: the same fields, page and checks, and nothing is
    filed. Who has no pass that this installation signed a minute ago is sent to the form itself."""
    request = visit.request
    if not is_good_pass(request.GET.get("pass", ""), visit.account.app_id or ""):
        return redirect("portal:file", app_id=visit.account.app_id)
    form = FileForm(request.POST or None, initial={"token": get_random_string(20)})
    if request.method == "POST" and form.is_valid():
        return HttpResponse("accepted\n", "text/plain; charset=utf-8")
    status = 422 if form.is_bound else 200
    return page(visit, "file", form=form, longest=LONGEST_TEXT, status=status)


@citizens_only
def rate(visit: Visit, number: str) -> HttpResponse:
    """Five levels; who is not content may ask again."""
    found = queries.by_number_for_citizen(number, visit.me)
    if visit.request.method == "GET" and not queries.can_be_rated(found):
        return redirect("portal:ticket", app_id=visit.account.app_id, number=found.number)
    problem = ""
    comment = visit.request.POST.get("comment", "")
    level = visit.request.POST.get("level", "")
    if visit.request.method == "POST":
        try:
            actions.rate(found, level, comment=comment, actor=visit.me, now=timezone.now())
            messages.success(
                visit.request, _("谢谢您的评价，承办单位会看到。"), f"rate:{found.number}"
            )
            if level in DISSATISFIED:
                return redirect("portal:reopen", app_id=visit.account.app_id, number=found.number)
            return redirect("portal:ticket", app_id=visit.account.app_id, number=found.number)
        except Refused as refusal:
            problem = refusal.message
    context = {
        "ticket": found,
        "levels": LEVELS,
        "problem": problem,
        "comment": comment,
        "level": level,
    }
    return page(visit, "rate", status=422 if problem else 200, **context)


@citizens_only
def reopen(visit: Visit, number: str) -> HttpResponse:
    """Say what is not solved; the agency starts anew with a new date."""
    found = queries.by_number_for_citizen(number, visit.me)
    problem, reason = "", visit.request.POST.get("reason", "")
    if visit.request.method == "POST":
        try:
            actions.reopen(found, reason, actor=visit.me, now=timezone.now())
            messages.success(visit.request, _("已转承办单位重新办理。"), f"reopen:{found.number}")
            return redirect("portal:ticket", app_id=visit.account.app_id, number=found.number)
        except Refused as refusal:
            problem = refusal.message
    why_not = queries.why_not_reopened(found, now=timezone.now())
    context = {"ticket": found, "problem": problem, "reason": reason, "why_not": why_not}
    return page(visit, "reopen", status=422 if problem else 200, **context)


@citizens_only
def withdraw(visit: Visit, number: str) -> HttpResponse:
    """She needs no answer any more; asked once, with a reason if she likes."""
    found = queries.by_number_for_citizen(number, visit.me)
    problem, reason = "", visit.request.POST.get("reason", "")
    if visit.request.method == "POST":
        try:
            actions.withdraw(found, reason, actor=visit.me, now=timezone.now())
            messages.success(visit.request, _("已撤回。"), f"withdraw:{found.number}")
            return redirect("portal:ticket", app_id=visit.account.app_id, number=found.number)
        except Refused as refusal:
            problem = refusal.message
    can = bool(problem) or may_follow(found.status, Verb.WITHDRAW)
    context = {"ticket": found, "problem": problem, "reason": reason, "can": can}
    return page(visit, "withdraw", status=422 if problem else 200, **context)


urlpatterns = [
    path("tickets/", tickets, name="tickets"),
    path("tickets/new", file, name="file"),
    path("tickets/probe", probe, name="probe"),
    path("tickets/<str:number>/", ticket, name="ticket"),
    path("tickets/<str:number>/rate", rate, name="rate"),
    path("tickets/<str:number>/withdraw", withdraw, name="withdraw"),
    path("tickets/<str:number>/reopen", reopen, name="reopen"),
]
