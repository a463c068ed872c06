"""Doing one thing to several rows of a list: first told how many and which cannot, then done."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from minxin.agencies.models import Staff
from minxin.agencies.rules import Permission
from minxin.console.base import staff_of
from minxin.core.errors import Refused

MOST = 200


@dataclass(frozen=True, slots=True)
class Bulk:
    """One act on several rows.

    `title` and `done` hold `%(count)s`. `why_not` says in words why this row cannot be done by this
    person, or nothing. `act` is the room's action for one row; each row is a transaction of its own
    with its own audit entry, so one that is refused takes none of the others with it.
    """

    name: str
    label: Any
    title: Any
    done: Any
    permission: Permission
    why_not: Callable[[Any, Staff], str]
    act: Callable[[Any, Staff, dict[str, Any], datetime], object] | None = None
    form: Callable[[Any], forms.Form] = forms.Form
    said: Callable[[Any], str] = str  # a row on the page that asks
    # Instead of `act`, where the rows belong together: all are done, or none with one refusal.
    act_together: Callable[[Sequence[Any], Staff, dict[str, Any], datetime], object] | None = None


def answer(
    request: HttpRequest, bulk: Bulk, rows: Sequence[Any], *, left_out: int = 0
) -> HttpResponse:
    """The page that asks, and what follows from saying yes; `left_out`: how many were too many."""
    staff, now = staff_of(request), timezone.now()
    back = request.get_full_path()
    if not rows:
        messages.error(request, _("没有选中可以处理的内容。"))
        return redirect(back)
    reasons = [(row, bulk.why_not(row, staff)) for row in rows]
    able = [row for row, why in reasons if not why]
    is_yes = request.POST.get("confirmed") == "1"
    form = bulk.form(request.POST if is_yes else None)
    if is_yes and form.is_valid():
        _tell(request, bulk, *_do(bulk, able, staff, form.cleaned_data, now), reasons)
        return redirect(back)
    context = {
        "bulk": bulk,
        "title": bulk.title % {"count": len(able)},
        "able": [(row.pk, bulk.said(row)) for row in able],
        "unable": [(bulk.said(row), why) for row, why in reasons if why],
        "form": form,
        "back": back,
        "left_out": left_out,
        "most": MOST,
    }
    return render(request, "console/bulk.html", context, status=422 if form.errors else 200)


def _do(
    bulk: Bulk, rows: Sequence[Any], staff: Staff, given: dict[str, Any], now: datetime
) -> tuple[int, list[tuple[Any, str]]]:
    done, refused = 0, []
    if bulk.act_together is not None:
        try:
            if rows:
                bulk.act_together(rows, staff, given, now)
            return len(rows), []
        except Refused as refusal:
            return 0, [(row, refusal.message) for row in rows]
    assert bulk.act is not None  # noqa: S101
    for row in rows:
        try:
            bulk.act(row, staff, given, now)
            done += 1
        except Refused as refusal:  # it has moved on since the page asked
            refused.append((row, refusal.message))
    return done, refused


def _tell(
    request: HttpRequest,
    bulk: Bulk,
    done: int,
    refused: Sequence[tuple[Any, str]],
    reasons: Sequence[tuple[Any, str]],
) -> None:
    if done:
        messages.success(request, bulk.done % {"count": done})
    left = [*refused, *((row, why) for row, why in reasons if why)]
    if left:
        some = "；".join(f"{row} — {why}" for row, why in left[:5])
        words = _("%(count)s 项没有处理：%(some)s") % {"count": len(left), "some": some}
        messages.error(request, words if len(left) <= 5 else f"{words} …")
