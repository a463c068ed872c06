"""Reads of what is inherited: the upper units' entries, who narrowed one, what changed above."""

from collections.abc import Iterable
from datetime import date

from django.db.models import Prefetch, Q, QuerySet

from minxin.agencies.models import Agency, Staff
from minxin.agencies.queries import paths_of
from minxin.agencies.rules import Permission, is_within
from minxin.core.errors import NotFound
from minxin.knowledge.models import Entry, UpperReview
from minxin.knowledge.rules import around
from minxin.knowledge.rules.inheritance import is_above, said_of


def words_now(entry: Entry) -> str:
    """What an entry says now, as those who narrow it look at it."""
    days = [each.isoformat() if each else "" for each in (entry.valid_from, entry.valid_until)]
    return said_of(
        entry.answer, entry.source_title, entry.document_number, "—".join(days), entry.region_code,
        is_out=entry.status != Entry.Status.PUBLISHED, binds=entry.is_binding,
    )  # fmt: skip


def inherited_by(staff: Staff) -> QuerySet[Entry]:
    """The published entries of the units above those whose knowledge this person may read, for their regions and around;
    each with what her own say to it (`own_words`). They are public words; nothing unpublished is among them."""
    paths = paths_of(staff, Permission.READ_KNOWLEDGE)
    own = Agency.objects.visible_to(staff, Permission.READ_KNOWLEDGE)
    regions = set(own.order_by().values_list("region_code", flat=True).distinct())
    codes = {code for region in regions for code in around(region)}
    rows = Agency.objects.filter(is_active=True).values_list("pk", "path")
    above = [
        number
        for number, path in rows
        if not is_within(path, paths) and any(is_above(path, each) for each in paths)
    ]
    found = Entry.objects.filter(
        status=Entry.Status.PUBLISHED, agency__in=above, region_code__in=codes
    )
    said = entries_of(paths).exclude(status=Entry.Status.RETIRED).order_by("pk")
    return found.select_related("agency").prefetch_related(
        Prefetch("narrowed_by", queryset=said, to_attr="own_words")
    )


def entries_of(paths: Iterable[str]) -> QuerySet[Entry]:
    """The entries of branches of the tree."""
    found: QuerySet[Entry] = Entry.objects.under(tuple(paths))
    return found.select_related("agency")


def inherited_for(staff: Staff, number: int) -> Entry:
    """One of them; `NotFound` otherwise."""
    found = inherited_by(staff).filter(pk=number).first()
    if found is None:
        raise NotFound
    return found


def upper_of(staff: Staff, number: int) -> Entry | None:
    """The entry that a new one is to add to or narrow; None where this person does not inherit it."""
    return inherited_by(staff).filter(pk=number).first()


def narrowers_of(entry: Entry, on: date) -> list[Entry]:
    """Who adds to or narrows an entry in words that citizens hear, for its owner: nothing unpublished."""
    rows = entry.narrowed_by.filter(status=Entry.Status.PUBLISHED)
    rows = rows.filter(Q(valid_until=None) | Q(valid_until__gte=on))
    return list(rows.select_related("agency").order_by("agency__path", "pk"))


def upper_reviews_visible_to(
    staff: Staff, permission: Permission = Permission.READ_KNOWLEDGE
) -> QuerySet[UpperReview]:
    """What changed above, of the branches this person may read."""
    found: QuerySet[UpperReview] = UpperReview.objects.visible_to(staff, permission)
    return found.select_related("agency", "entry", "upper__agency", "settled_by")


def upper_review_for(staff: Staff, number: int) -> UpperReview:
    """One of them; `NotFound` otherwise."""
    found = upper_reviews_visible_to(staff).filter(pk=number).first()
    if found is None:
        raise NotFound
    return found


def upper_reviews_open(staff: Staff) -> int:
    """How many wait, of those this person may settle."""
    rows = upper_reviews_visible_to(staff, Permission.EDIT_KNOWLEDGE)
    return rows.filter(status=UpperReview.Status.OPEN).count()
