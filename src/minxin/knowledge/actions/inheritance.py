"""Adding to and narrowing what an upper unit says, and who has to look again when that changes."""

from collections.abc import Sequence
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from minxin.agencies.actions import notify_staff
from minxin.agencies.models import Agency
from minxin.agencies.queries import staff_with, working_calendar
from minxin.agencies.rules import Permission
from minxin.core.errors import Refused
from minxin.core.working_time import add_working_days
from minxin.knowledge.models import Entry, IndexChange, UpperReview
from minxin.knowledge.queries.inheritance import words_now
from minxin.knowledge.rules.inheritance import is_above, is_inside

Status = UpperReview.Status
LIST = "/console/upper/"
DAYS = 5  # working days to look at what changed above


def check_narrowing(entry: Entry, *, is_new: bool) -> None:
    """Refuse to add to or narrow what is not above, is not told, or is marked as the same for all. The upper one's
    words are remembered where the link is new."""
    upper = entry.overrides
    if upper is None:
        entry.narrowing = entry.upper_said = ""
        return
    if entry.narrowing not in Entry.Narrowing.values:
        raise Refused(_("请选择是本地补充还是本地口径。"), field="narrowing")
    if not is_above(upper.agency.path, entry.agency.path):
        raise Refused(_("只能对上级单位的知识作本地补充或口径。"), field="narrowing")
    if is_inside(upper.region_code, entry.region_code):
        raise Refused(_("适用区划不能比上级的更大。"), field="region_code")
    if is_new:
        if upper.status != Entry.Status.PUBLISHED:
            raise Refused(_("上级的这条知识不在发布中。"), field="narrowing")
        if upper.narrowing == Entry.Narrowing.ADDS:
            raise Refused(_("请对它补充的那条知识作本地补充或口径。"), field="narrowing")
        entry.upper_said = words_now(upper)
    if upper.is_binding and entry.status == Entry.Status.PUBLISHED:
        raise Refused(_("上级已定为统一口径，不能另作补充或口径。"), field="narrowing")


def follow_uppers(entries: Sequence[Entry], *, now: datetime) -> None:
    """After entries were written: those that add to or narrow one whose words have changed go to their owners; where
    they are again as they were, nothing waits any more; what is out of use waits for nothing."""
    gone = [each for each in entries if _is_out(each)]
    rows = UpperReview.objects.filter(status=Status.OPEN)
    rows.filter(entry__in=gone).update(status=Status.VOID, settled_at=now)
    lowers = Entry.objects.filter(overrides__in=entries).exclude(status=Entry.Status.RETIRED)
    told: dict[int, Agency] = {}
    for lower in lowers.select_related("overrides", "agency").order_by("pk"):
        if lower.overrides is None:
            continue
        said = words_now(lower.overrides)
        row = lower.upper_reviews.filter(status=Status.OPEN).first()
        if said == lower.upper_said:
            if row is not None:
                row.status, row.settled_at = Status.VOID, now
                row.save(update_fields=["status", "settled_at"])
        elif row is not None:
            row.after = said
            row.save(update_fields=["after"])
        else:
            later = add_working_days(now, DAYS, working_calendar(lower.agency))
            UpperReview.objects.create(
                agency=lower.agency, entry=lower, upper=lower.overrides, before=lower.upper_said,
                after=said, due_on=timezone.localdate(later.at), created_at=now,
            )  # fmt: skip
            told[lower.agency_id] = lower.agency
        IndexChange.objects.create(entry_id=lower.pk)
    for agency in told.values():
        people = staff_with(Permission.EDIT_KNOWLEDGE, agency)
        words = "您单位另作补充或口径的上级知识有变动，请核对"
        notify_staff(people, words, kind="review.upper", link=LIST, now=now)


def _is_out(entry: Entry) -> bool:
    return entry.status == Entry.Status.RETIRED or entry.overrides_id is None
