"""My tickets: file, follow, rate, ask again."""

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils import timezone
from django.utils.crypto import get_random_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from minxin.citizens.actions import keep_contact
from minxin.citizens.rules import CONSENT_VERSION
from minxin.core.errors import Refused
from minxin.portal.base import Visit, citizens_only, page
from minxin.tickets import actions, queries
from minxin.tickets.rules import LONGEST_TEXT, OPEN, day_words

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
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(
            attrs={"rows": 6, "placeholder": gettext_lazy("什么事、什么时候、希望怎样解决")}
        ),
        error_messages={"required": gettext_lazy("请写明是什么事。")},
    )
    place = forms.CharField(label=gettext_lazy("在哪里"), max_length=200, required=False)
    category = forms.ChoiceField(label=gettext_lazy("类别"), required=False)
    phone = forms.CharField(label=gettext_lazy("联系电话"), max_length=20, required=False)
    real_name = forms.CharField(label=gettext_lazy("怎么称呼"), max_length=40, required=False)
    consent = forms.BooleanField(required=False)
    token = forms.CharField(widget=forms.HiddenInput, max_length=32)

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        choices = [("", _("由工作人员判断"))]
        choices += [(each.code, each.name) for each in queries.categories()]
        self.fields["category"].choices = choices  # type: ignore[attr-defined]

    def clean(self) -> dict[str, object]:
        given = super().clean() or {}
        if given.get("phone") and not given.get("consent"):
            self.add_error(
                "consent", _("留下电话前，请先阅读并同意个人信息说明；不留电话也可以提交。")
            )
        return given


@citizens_only
def tickets(visit: Visit) -> HttpResponse:
    """All of mine, the newest first."""
    now = timezone.now()
    rows = [
        {
            "ticket": ticket,
            "brief": queries.in_brief(ticket, 30),
            "deadline": queries.deadline_of(ticket, now=now),
            "is_open": ticket.status in OPEN,
        }
        for ticket in queries.of_citizen(visit.me)[:100]
    ]
    return page(visit, "tickets", rows=rows)


@citizens_only
def ticket(visit: Visit, number: str) -> HttpResponse:
    """One of mine: the promise on top, what happened below, one next step."""
    found = queries.by_number_for_citizen(number, visit.me)
    now = timezone.now()
    due = day_words(timezone.localtime(found.due_at).date(), timezone.localdate())
    return page(
        visit,
        "ticket",
        ticket=found,
        steps=queries.steps(found, is_public_only=True),
        is_open=found.status in OPEN,
        due=due,
        deadline=queries.deadline_of(found, now=now),
        rating=queries.rating_of(found),
        can_rate=queries.can_be_rated(found),
        can_reopen=queries.can_be_reopened(found, now=now),
    )


@citizens_only
def file(visit: Visit) -> HttpResponse:
    """File a ticket; what was typed is kept when something is missing."""
    request, now = visit.request, timezone.now()
    form = FileForm(request.POST or None, initial={"token": get_random_string(20)})
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        category = queries.categories().filter(code=given["category"]).first()
        try:
            if given["phone"]:
                keep_contact(
                    visit.me, real_name=given["real_name"], phone=given["phone"],
                    consent_version=CONSENT_VERSION, actor=visit.me, now=now,
                )  # fmt: skip
            made = actions.file(
                text=given["text"], place=given["place"], category=category, citizen=visit.me,
                account=visit.account, source="portal",
                key=f"portal:{visit.me.key}:{given['token']}", actor=visit.me, now=now,
            )  # fmt: skip
            return redirect("portal:ticket", app_id=visit.account.app_id, number=made.number)
        except Refused as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
    status = 422 if form.is_bound else 200
    return page(visit, "file", form=form, longest=LONGEST_TEXT, status=status)


@citizens_only
def rate(visit: Visit, number: str) -> HttpResponse:
    """Five levels; who is not content may ask again."""
    found = queries.by_number_for_citizen(number, visit.me)
    problem = ""
    comment = visit.request.POST.get("comment", "")
    level = visit.request.POST.get("level", "")
    if visit.request.method == "POST":
        try:
            actions.rate(found, level, comment=comment, actor=visit.me, now=timezone.now())
            if level in {"dissatisfied", "very_dissatisfied"}:
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
            return redirect("portal:ticket", app_id=visit.account.app_id, number=found.number)
        except Refused as refusal:
            problem = refusal.message
    can = queries.can_be_reopened(found, now=timezone.now())
    context = {"ticket": found, "problem": problem, "reason": reason, "can_reopen": can}
    return page(visit, "reopen", status=422 if problem else 200, **context)


urlpatterns = [
    path("tickets/", tickets, name="tickets"),
    path("tickets/new", file, name="file"),
    path("tickets/<str:number>/", ticket, name="ticket"),
    path("tickets/<str:number>/rate", rate, name="rate"),
    path("tickets/<str:number>/reopen", reopen, name="reopen"),
]
