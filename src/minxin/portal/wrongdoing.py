"""What she reported of an official: kept apart from her tickets, with a number and its progress."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _

from minxin.portal.base import Visit, citizens_only, page
from minxin.tickets import actions, queries


def reported(visit: Visit, given: dict[str, Any], key: str) -> HttpResponse:
    """Keep it in the register; called where a ticket would have been filed. Raises `Refused`."""
    made = actions.report_wrongdoing(
        text=given["text"], place=given["place"], pictures=given["pictures"], citizen=visit.me,
        account=visit.account, key=key, now=timezone.now(),
    )  # fmt: skip
    messages.success(
        visit.request,
        _("已登记，只有专人能看到内容。"),
        f"file:{visit.account.app_id}",
    )
    return redirect("portal:wrongdoing", app_id=visit.account.app_id, number=made.number)


@citizens_only
def wrongdoing(visit: Visit, number: str) -> HttpResponse:
    """One of mine: where it stands and what I was told; not what I wrote, the telephone may be lent."""
    found = queries.wrongdoing_by_number(number, visit.me)
    return page(visit, "wrongdoing", report=found, steps=list(found.steps.all()))


urlpatterns = [path("wrongdoing/<str:number>/", wrongdoing, name="wrongdoing")]
