"""Pictures and recordings of citizens, as files of ours."""

from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.http import require_safe

from minxin.agencies.rules import Permission
from minxin.console.base import allowed, staff_of
from minxin.conversations import queries
from minxin.conversations.media import media_of
from minxin.core.errors import NotFound, Refused

# Hers, and only for who looks: no shared store keeps it.
KEPT = "private, max-age=3600"


@require_safe
@allowed(Permission.READ_CONVERSATIONS)
def said(request: HttpRequest, number: int) -> HttpResponse:
    """A picture to look at, or a recording to save; a sentence where it cannot be had."""
    message = queries.message_for(staff_of(request), number)
    try:
        file, kind = media_of(message)
    except NotFound:
        raise
    except Refused as refusal:
        return HttpResponse(refusal.message, status=410, content_type="text/plain; charset=utf-8")
    ending = kind.rpartition("/")[2].replace("jpeg", "jpg").replace("mpeg", "mp3")
    is_saved = not kind.startswith("image/")
    answer = HttpResponse(file.read_bytes(), content_type=kind)
    how = "attachment" if is_saved else "inline"
    answer["Content-Disposition"] = f'{how}; filename="{number}.{ending}"'
    answer["Cache-Control"] = KEPT
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


urlpatterns = [path("inbox/said/<int:number>/", said, name="conversation_media")]
