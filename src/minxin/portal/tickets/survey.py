"""The independent survey: three questions on one page, asked days after closing."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from minxin.core.errors import AlreadyDone, Refused
from minxin.portal.base import Visit, citizens_only, page
from minxin.portal.tickets.acts import LEVELS
from minxin.tickets import actions, queries

RESOLVED = (
    ("yes", gettext_lazy("已解决")),
    ("partly", gettext_lazy("部分解决")),
    ("no", gettext_lazy("没有解决")),
    ("unsure", gettext_lazy("说不清")),
)


@citizens_only
def survey(visit: Visit, number: str) -> HttpResponse:
    """What she says is counted with what others say; what she typed stays when something is missing."""
    now, given = timezone.now(), visit.request.POST
    found = queries.by_number_for_citizen(number, visit.me)
    asked = queries.survey_for_citizen(number, visit.me, now=now)
    if asked is None:
        return redirect("portal:ticket", app_id=visit.account.app_id, number=found.number)
    problem = ""
    if visit.request.method == "POST":
        try:
            actions.answer_survey(
                found, resolved=given.get("resolved", ""), level=given.get("level", ""),
                words=given.get("words", ""), actor=visit.me, now=now,
            )  # fmt: skip
            messages.success(visit.request, _("谢谢您的回答。"), f"survey:{found.number}")
            return redirect("portal:survey", app_id=visit.account.app_id, number=found.number)
        except AlreadyDone as repeated:
            messages.success(visit.request, repeated.message)
            return redirect("portal:survey", app_id=visit.account.app_id, number=found.number)
        except Refused as refusal:
            problem = refusal.message
    return page(
        visit,
        "survey",
        status=422 if problem else 200,
        ticket=found,
        is_answered=asked.answered_at is not None,
        brief=queries.in_brief(found, 40),
        choices=RESOLVED,
        levels=LEVELS,
        problem=problem,
        resolved=given.get("resolved", ""),
        level=given.get("level", ""),
        words=given.get("words", ""),
    )


urlpatterns = [path("tickets/<str:number>/survey", survey, name="survey")]
