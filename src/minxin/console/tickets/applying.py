"""What an agency asks for about a ticket, and what is decided: the forms, offered when they are possible."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy

from minxin.agencies.models import Agency, Staff
from minxin.agencies.queries import may
from minxin.agencies.rules import Permission
from minxin.console.base import act, staff_of
from minxin.console.links import portal_ticket
from minxin.console.words import Words
from minxin.tickets import actions, queries
from minxin.tickets.models import Application, Ticket
from minxin.tickets.rules import LONGEST_EXTENSION, Verb, may_follow
from minxin.tickets.wording import limit_said


class SignForm(forms.Form):
    """Nothing is typed to sign."""


class ReasonForm(forms.Form):
    """Why, and by which rule."""

    reason = Words(label=gettext_lazy("理由"), limit=500, rows=3)
    legal_basis = forms.CharField(
        label=gettext_lazy("依据"), max_length=200, help_text=gettext_lazy("哪个文件，哪一条。")
    )


class ClaimForm(ReasonForm):
    """And whose it is."""

    proper_agency = forms.ModelChoiceField(
        label=gettext_lazy("应由哪个单位办理"), queryset=Agency.objects.none(),
        empty_label=gettext_lazy("请选择"),
    )  # fmt: skip


class ExtensionForm(ReasonForm):
    """And how long; the citizen reads reason and basis."""

    working_days = forms.IntegerField(
        label=gettext_lazy("延长的工作日"), min_value=1, max_value=LONGEST_EXTENSION
    )


class DecisionForm(forms.Form):
    """Why it is decided so."""

    decision = Words(label=gettext_lazy("决定的理由"), limit=500, rows=3)


class OwnerForm(DecisionForm):
    """And whose ticket it is."""

    agency = forms.ModelChoiceField(
        label=gettext_lazy("承办单位"), queryset=Agency.objects.none(),
        empty_label=gettext_lazy("请选择"),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Offer:
    """One act: its name, the form behind it, and what it runs."""

    verb: Verb
    label: Promise | str
    form: type[forms.Form]
    permission: Permission
    run: Callable[..., object]
    done: Promise | str
    kind: str = ""


MINE, THEIRS = Permission.ANSWER_TICKETS, Permission.ASSIGN_TICKETS
OFFERS = (
    Offer(Verb.SIGN, gettext_lazy("签收"), SignForm, MINE, actions.sign, gettext_lazy("已签收。")),
    Offer(
        Verb.ASK_EXTENSION, gettext_lazy("申请延期"), ExtensionForm, MINE, actions.ask_extension,
        gettext_lazy("申请已提交，由其他人决定。"),
    ),
    Offer(
        Verb.ASK_RETURN, gettext_lazy("申请退单"), ClaimForm, MINE, actions.ask_return,
        gettext_lazy("申请已提交，由其他人决定。"),
    ),
    Offer(
        Verb.DISPUTE, gettext_lazy("申请裁定"), ClaimForm, MINE, actions.dispute,
        gettext_lazy("申请已提交，由其他人决定。"),
    ),
    Offer(
        Verb.GRANT_RETURN, gettext_lazy("同意退单"), OwnerForm, THEIRS, actions.grant_return,
        gettext_lazy("已改派。"), "return",
    ),
    Offer(
        Verb.REFUSE_RETURN, gettext_lazy("不同意退单"), DecisionForm, THEIRS, actions.refuse_return,
        gettext_lazy("决定已记下，承办单位会看到。"), "return",
    ),
    Offer(
        Verb.ARBITRATE, gettext_lazy("裁定承办单位"), OwnerForm, THEIRS, actions.arbitrate,
        gettext_lazy("裁定已记下，承办单位会看到。"), "dispute",
    ),
    Offer(
        Verb.GRANT_EXTENSION, gettext_lazy("同意延期"), DecisionForm, THEIRS, actions.grant_extension,
        gettext_lazy("已延期，市民会收到新的日期和原因。"), "extension",
    ),
    Offer(
        Verb.REFUSE_EXTENSION, gettext_lazy("不同意延期"), DecisionForm, THEIRS,
        actions.refuse_extension, gettext_lazy("决定已记下，承办单位会看到。"), "extension",
    ),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Offered:
    """An act that is possible now, with its form as it was sent or empty."""

    name: str
    label: Promise | str
    form: forms.Form
    done: Promise | str
    run: Callable[..., object]


def offered(found: Ticket, staff: Staff, wanted: str = "", data: Any = None) -> list[Offered]:
    """What may be done now; the one that was sent stays, with its error, when it is possible no more."""
    waiting, now = queries.waiting_application(found), timezone.now()
    rows = []
    for each in OFFERS:
        is_sent = wanted == each.verb.value and data is not None
        if not may(staff, each.permission, found.agency):
            continue
        if not is_sent and not _is_possible(each, found, staff, waiting, now):
            continue
        form = each.form(data if is_sent else None, prefix=each.verb.value)
        if each.verb is Verb.ASK_EXTENSION and (longest := queries.limits_of_ticket(found).complex):
            words = gettext("本地对复杂事项的时限是 %(limit)s。") % {"limit": limit_said(longest)}
            form.fields["working_days"].help_text = words
        for name in ("agency", "proper_agency"):
            if name in form.fields:
                others = Agency.objects.filter(is_active=True)
                form.fields[name].queryset = others  # type: ignore[attr-defined]
                if name == "agency" and waiting is not None:
                    form.fields[name].initial = waiting.proper_agency_id
        rows.append(Offered(each.verb.value, each.label, form, each.done, each.run))
    return rows


def _is_possible(
    offer: Offer, found: Ticket, staff: Staff, waiting: Application | None, now: datetime
) -> bool:
    if not may_follow(found.status, offer.verb):
        return False
    if offer.kind:
        if waiting is None or waiting.kind != offer.kind or waiting.asked_by_id == staff.pk:
            return False
        return offer.verb is not Verb.ARBITRATE or not queries.took_part(found, staff)
    match offer.verb:
        case Verb.DISPUTE:
            return queries.was_return_refused(found)
        case Verb.ASK_EXTENSION:
            return waiting is None and found.stopped_at is None and now < found.due_at
        case Verb.ASK_RETURN:
            return waiting is None
    return True


def acted(request: HttpRequest, found: Ticket, rows: list[Offered], wanted: str) -> bool:
    """Run the act that was sent, one of `rows`; False when its form needs another look."""
    staff, now = staff_of(request), timezone.now()
    row = next(each for each in rows if each.name == wanted)
    more = {"link": portal_ticket(found)} if wanted == Verb.GRANT_EXTENSION else {}

    def run() -> object:
        return row.run(found, **row.form.cleaned_data, **more, actor=staff, now=now)

    return act(request, row.form, run, str(row.done))
