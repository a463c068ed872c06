"""What a page hears while it is open: that something changed, and what waits now.

The signal says which topics changed and never what; a person hears of a topic only when one of her
roles may read it. The numbers are asked for afterwards, and are counted within her own branches.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib.auth import get_user
from django.contrib.sessions.backends.db import SessionStore
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_safe

from minxin.agencies.models import Staff
from minxin.agencies.queries import latest_notice, password_is_too_old, permissions_of
from minxin.agencies.rules import Permission
from minxin.console.base import IDLE, SEEN, allowed, counts_of, sight, staff_of
from minxin.conversations import queries as conversations
from minxin.conversations.queries.comments import latest_comment_change
from minxin.knowledge import queries as knowledge
from minxin.tickets import queries as tickets


@dataclass(frozen=True, slots=True)
class Topic:
    """Something that is watched once for everybody: a cheap query whose answer changes with it, and
    the permissions one of which a listener needs; none for what every member of staff may hear."""

    name: str
    change: Callable[[], int]
    permissions: frozenset[Permission] = frozenset()


def messages_change() -> int:
    """The list has something new, something was done in a conversation, somebody began or ended writing, or
    a comment under an article came or changed."""
    now = timezone.now()
    desk = conversations.latest_desk_change(now=now)
    return hash((conversations.latest_change(), desk, latest_comment_change()))


def said_change() -> int:
    """Something was said; the list follows within moments, and is a change of its own."""
    return conversations.latest_words()[0]


TOPICS = (
    Topic("said", said_change, frozenset({Permission.READ_CONVERSATIONS})),
    Topic("messages", messages_change, frozenset({Permission.READ_CONVERSATIONS})),
    Topic("tickets", tickets.latest_change, frozenset({Permission.READ_TICKETS})),
    Topic("unanswered", knowledge.latest_unanswered_change, frozenset({Permission.READ_KNOWLEDGE})),
    Topic("outgoing", conversations.latest_outgoing_change, frozenset({Permission.READ_OUTGOING})),
    Topic("notices", latest_notice),
)


def glance() -> object:
    """Something that differs as soon as somebody has said something; two look-ups."""
    return conversations.latest_words()


def changes() -> dict[str, int]:
    """How every topic stands; a number that differs from the last one means a change."""
    return {topic.name: topic.change() for topic in TOPICS}


def topics_of(staff: Staff) -> frozenset[str]:
    """The topics a person may hear of."""
    held = permissions_of(staff)
    return frozenset(
        topic.name for topic in TOPICS if not topic.permissions or topic.permissions & held
    )


def listener(session_key: str, *, now: datetime) -> frozenset[str] | None:
    """The topics of whoever this session belongs to; None for nobody, for a session that has been idle
    too long, and for somebody who may not use the console yet. Asked again while a stream is open."""
    request = HttpRequest()
    request.session = SessionStore(session_key)
    staff = get_user(request)
    if not isinstance(staff, Staff) or not staff.is_active or staff.must_change_password:
        return None
    if password_is_too_old(staff, now=now):
        return None
    seen = float(request.session.get(SEEN, now.timestamp()))
    if now.timestamp() - seen > IDLE.total_seconds():
        return None
    if settings.MINXIN_REQUIRE_TOTP and not is_mfa_enabled(staff):
        return None
    return topics_of(staff)


@require_safe
@allowed(None)
def counts(request: HttpRequest) -> HttpResponse:
    """What waits for me now, by the names of the navigation."""
    answer = JsonResponse(counts_of(sight(request), permissions_of(staff_of(request))))
    answer["Cache-Control"] = "no-store"
    return answer


urlpatterns = [path("counts/", counts, name="counts")]
