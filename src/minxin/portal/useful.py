"""有用 and 没用 under an answer: an entry, or a passage of a document."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from minxin.knowledge.actions import Rated, rate_usefulness
from minxin.portal.base import Visit, citizens_only, page


@citizens_only
def useful(visit: Visit, mark: str) -> HttpResponse:
    """Her word on one answer, then back to it. Read first where WeChat has just said who she is."""
    what = Rated.read(mark)
    app_id = visit.account.app_id
    if what.entry_id is not None:
        back = reverse("portal:answer", args=[app_id, what.entry_id])
    else:
        back = reverse("portal:passage", args=[app_id, what.document_id, what.position])
    wanted = visit.request.POST.get("useful", "")
    if visit.request.method != "POST" or wanted not in {"0", "1"}:
        return page(visit, "useful", mark=mark, back=back)
    rate_usefulness(
        what, is_useful=wanted == "1", agency_id=visit.account.agency_id, actor=visit.me,
        now=timezone.now(),
    )  # fmt: skip
    messages.success(visit.request, _("谢谢，已经记下。"))
    return redirect(back)


urlpatterns = [path("useful/<str:mark>", useful, name="useful")]
