"""She says whether she wants one notice when she is asked again, days after closing; never a condition."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from minxin.core.errors import Refused
from minxin.portal.base import Visit, citizens_only
from minxin.tickets import actions, queries


def offered(visit: Visit, ticket: Any) -> dict[str, Any]:
    """What the page of her ticket says of it, and of a survey that waits for her answer."""
    now = timezone.now()
    asked = queries.survey_for_citizen(ticket.number, visit.me, now=now)
    offer = queries.notice_offer(ticket, now=now) if settings.MINXIN_JSSDK_URL else None
    return {
        "survey_waits": asked is not None and asked.answered_at is None,
        "notice": offer,
        "jssdk": settings.MINXIN_JSSDK_URL,
    }


@citizens_only
def notice(visit: Visit, number: str) -> HttpResponse:
    """Agree (WeChat has asked her before), or take it back."""
    found, now = queries.by_number_for_citizen(number, visit.me), timezone.now()
    try:
        if visit.request.POST.get("choice") == "agree":
            actions.agree_to_notice(found, actor=visit.me, now=now)
            messages.success(visit.request, _("已记下，到时通知您一次。"))
        else:
            actions.take_notice_back(found, actor=visit.me, now=now)
            messages.success(visit.request, _("已取消，不再通知。办理不受影响。"))
    except Refused as refusal:
        messages.error(visit.request, refusal.message)
    return redirect("portal:ticket", app_id=visit.account.app_id, number=found.number)


urlpatterns = [path("tickets/<str:number>/notice", require_POST(notice), name="notice")]
