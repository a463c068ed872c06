"""Pictures with what she files: chosen or taken, shown to her, taken away again.

With a script each is sent as soon as it is chosen, so a form that fails or a connection that breaks loses
none; without one they come with the form and are kept all the same.
"""

from datetime import datetime
from typing import Any, cast

from django import forms
from django.http import FileResponse, Http404, HttpResponse, JsonResponse, QueryDict
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from minxin.core.errors import Refused
from minxin.core.pictures import LARGEST
from minxin.portal.base import Visit, citizens_only
from minxin.tickets import actions, queries
from minxin.tickets.rules import MOST_PICTURES


class PicturesField(forms.CharField):
    """Codes of pictures that are kept already, with spaces between them; cleaned to a list."""

    widget = forms.HiddenInput

    def __init__(self) -> None:
        super().__init__(required=False, max_length=1000)

    def clean(self, value: Any) -> Any:
        return [each for each in super().clean(value).split() if each][: MOST_PICTURES + 1]


def received(visit: Visit, now: datetime) -> tuple[QueryDict | None, list[str]]:
    """What was typed, pictures that came with the form kept and named by their codes; and what was
    wrong with the others."""
    request = visit.request
    if request.method != "POST":
        return None, []
    typed, problems = request.POST.copy(), []
    codes = typed.get("pictures", "").split()
    files = [each for each in request.FILES.getlist("picture") if each]
    for each in files:
        if len(codes) + 1 > MOST_PICTURES:
            problems.append(_("一次最多 %(most)s 张图片。") % {"most": MOST_PICTURES})
            break
        try:
            codes.append(_kept(visit, each, now).code)
        except Refused as refusal:
            problems.append(f"{each.name}{_('：')}{refusal.message}")
    typed["pictures"] = " ".join(dict.fromkeys(codes))
    return typed, problems


def shown(visit: Visit, codes: Any) -> dict[str, Any]:
    """What the form needs to show them; those that are not there any more are left out."""
    wanted = codes if isinstance(codes, list) else str(codes or "").split()
    there = {each.code: each for each in queries.waiting_pictures(visit.me).filter(code__in=wanted)}
    found = [there[code] for code in wanted if code in there]
    kept_codes = " ".join(each.code for each in found)
    return {"pictures": found, "kept_codes": kept_codes, "most_pictures": MOST_PICTURES}


@citizens_only
def add(visit: Visit) -> HttpResponse:
    """One picture as she chooses it: kept for her until she files, answered as JSON."""
    given = visit.request.FILES.get("picture")
    if given is None:
        return _refusal(_("请选择一张图片。"))
    try:
        kept = _kept(visit, given, timezone.now())
    except Refused as refusal:
        return _refusal(refusal.message)
    names = {"app_id": visit.account.app_id, "code": kept.code}
    return JsonResponse(
        {
            "code": kept.code,
            "url": reverse("portal:picture", kwargs=names),
            "drop": reverse("portal:picture_drop", kwargs=names),
        }
    )


@citizens_only
def drop(visit: Visit, code: str) -> HttpResponse:
    """She takes it away before filing; twice does no harm."""
    actions.drop_picture(code, actor=visit.me, now=timezone.now())
    return JsonResponse({})


@citizens_only
def picture(visit: Visit, code: str) -> HttpResponse:
    """One of her own, to nobody else."""
    return as_picture(queries.picture_of(visit.me, code))


def as_picture(found: Any) -> HttpResponse:
    """The kept JPEG, never stored on the way; 404 when the storage has lost it."""
    if not found.file:
        raise Http404
    try:
        content = found.file.open("rb")
    except FileNotFoundError as error:
        raise Http404 from error
    answer = FileResponse(content, content_type="image/jpeg", filename=f"{found.code}.jpg")
    answer["Cache-Control"] = "private, no-store"
    return cast(HttpResponse, answer)


def _kept(visit: Visit, given: Any, now: datetime) -> Any:
    if given.size > LARGEST:
        raise Refused(_("每张图片不能超过 10 MB，请换一张或先压缩。"), field="pictures")
    return actions.keep_picture(given.read(), actor=visit.me, now=now)


def _refusal(message: str) -> HttpResponse:
    return JsonResponse({"problem": message}, status=422)


urlpatterns = [
    path("pictures/", require_POST(add), name="pictures"),
    path("pictures/<str:code>", require_safe(picture), name="picture"),
    path("pictures/<str:code>/drop", require_POST(drop), name="picture_drop"),
]
