"""What agencies have ready to say, as those see it who answer."""

from django.db.models import Q, QuerySet

from minxin.agencies.models import Agency, Staff
from minxin.agencies.queries import agencies_for
from minxin.agencies.rules import Permission
from minxin.conversations.models import SavedReply
from minxin.conversations.queries.desk import paths_around
from minxin.core.errors import NotFound


def replies_for(agency: Agency, words: str = "", *, most: int = 8) -> list[SavedReply]:
    """The replies in use for conversations of an agency, its own and those from above, in whose title
    or text all the words stand; what is used most comes first. An own one hides one from above that has
    the same title."""
    found: QuerySet[SavedReply] = SavedReply.objects.filter(
        agency__path__in=paths_around(agency.path), is_active=True
    )
    for word in words.split()[:4]:
        found = found.filter(Q(title__icontains=word) | Q(text__icontains=word))
    nearest: dict[str, SavedReply] = {}
    for row in found.select_related("agency"):
        other = nearest.get(row.title)
        if other is None or len(other.agency.path) < len(row.agency.path):
            nearest[row.title] = row
    return sorted(nearest.values(), key=lambda row: (-row.uses, row.title))[:most]


def replies_visible_to(staff: Staff) -> QuerySet[SavedReply]:
    """The replies of the agencies whose conversations this person may read, and of those above them."""
    paths = list(agencies_for(staff, Permission.READ_CONVERSATIONS).values_list("path", flat=True))
    around = {above for path in paths for above in paths_around(path)}
    found: QuerySet[SavedReply] = SavedReply.objects.filter(agency__path__in=sorted(around))
    return found.select_related("agency")


def reply_for(staff: Staff, number: int) -> SavedReply:
    """One that this person may change, for she answers conversations in its agency; else `NotFound`."""
    found: SavedReply | None = (
        SavedReply.objects.visible_to(staff, Permission.ANSWER_CONVERSATIONS)
        .select_related("agency")
        .filter(pk=number)
        .first()
    )
    if found is None:
        raise NotFound
    return found
