"""What is special about a ticket: set and lifted, offered to who may."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from minxin.agencies.models import Staff
from minxin.agencies.queries import may, staff_who_may
from minxin.agencies.rules import Permission
from minxin.console.tickets.applying import Offered
from minxin.console.words import Words
from minxin.tickets import actions, queries
from minxin.tickets.actions.flags import NEEDS
from minxin.tickets.models import Flagging, Ticket
from minxin.tickets.rules import OPEN

Flag = Flagging.Flag


class WhyForm(forms.Form):
    """Why; only staff read it."""

    reason = Words(
        label=gettext_lazy("理由"),
        help_text=gettext_lazy("记入办理记录和审计，市民看不到。"),
        error_messages={"required": gettext_lazy("请写明理由。")},
        limit=500,
        rows=2,
    )


class SupervisionForm(WhyForm):
    """How closely, and by which document."""

    level = forms.TypedChoiceField(
        label=gettext_lazy("督办级别"), coerce=int,
        choices=[each for each in Ticket.Supervision.choices if each[0]],
    )  # fmt: skip
    document = forms.CharField(
        label=gettext_lazy("文号"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("督办通知或领导批示的文号。"),
    )


class ReaderForm(WhyForm):
    """Who else reads it."""

    person = forms.ModelChoiceField(
        label=gettext_lazy("知情人"), queryset=Staff.objects.none(),
        empty_label=gettext_lazy("请选择"),
    )  # fmt: skip


class StrikeForm(ReaderForm):
    """Who reads it no more."""


SET = {
    Flag.URGENT: gettext_lazy("标记为紧急"),
    Flag.SUPERVISED: gettext_lazy("督办"),
    Flag.CONFIDENTIAL: gettext_lazy("设为保密"),
}
LIFT = {
    Flag.URGENT: gettext_lazy("解除紧急"),
    Flag.SUPERVISED: gettext_lazy("解除督办"),
    Flag.CONFIDENTIAL: gettext_lazy("解除保密"),
}
DONE = gettext_lazy("标记已保存。")
Row = tuple[str, Promise | str, type[forms.Form], Callable[..., object], bool]


def marking(found: Ticket, staff: Staff, wanted: str = "", data: Any = None) -> list[Offered]:
    """The flags that may be set or lifted now; the one that was sent stays, with its error."""
    offers = []
    for name, label, form_class, run, is_possible in _rows(found, staff):
        is_sent = wanted == name and data is not None
        if not (is_possible or is_sent):
            continue
        form = form_class(data if is_sent else None, prefix=name)
        if "person" in form.fields:
            people = staff_who_may(Permission.READ_TICKETS, found.agency)
            if form_class is StrikeForm:
                people = people.filter(pk__in=queries.readers_of(found).values("staff"))
            form.fields["person"].queryset = people.order_by("name")  # type: ignore[attr-defined]
        offers.append(Offered(name, label, form, DONE, run))
    return offers


def _rows(found: Ticket, staff: Staff) -> list[Row]:
    """Name, label, form, act, and whether it is possible now; only what this person may do at all."""
    is_set = {
        Flag.URGENT: found.is_urgent,
        Flag.SUPERVISED: bool(found.supervision_level),
        Flag.CONFIDENTIAL: found.is_confidential,
    }
    is_open = found.status in OPEN
    rows: list[Row] = []
    for each in Flag:
        if not may(staff, NEEDS[each], found.agency):
            continue
        form = SupervisionForm if each is Flag.SUPERVISED else WhyForm
        can_set = not is_set[each] and (is_open or each is Flag.CONFIDENTIAL)
        can_lift = is_set[each] and not (
            each is Flag.CONFIDENTIAL and queries.is_by_her_wish(found)
        )
        set_it, lift_it = (
            partial(act, name=each.value) for act in (actions.flag, actions.lift_flag)
        )
        rows += [
            (f"flag-{each.value}", SET[each], form, set_it, can_set),
            (f"lift-{each.value}", LIFT[each], WhyForm, lift_it, can_lift),
        ]
    if may(staff, Permission.ASSIGN_TICKETS, found.agency):
        secret = found.is_confidential
        has_readers = secret and queries.readers_of(found).exists()
        rows += [
            ("reader", gettext_lazy("指定知情人"), ReaderForm, actions.name_reader, secret),
            ("strike", gettext_lazy("取消知情人"), StrikeForm, actions.strike_reader, has_readers),
        ]
    return rows
