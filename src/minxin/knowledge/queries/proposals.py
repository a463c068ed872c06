"""Reads of entry proposals."""

from django.db.models import Q, QuerySet

from minxin.agencies.models import Agency, Staff
from minxin.agencies.queries import staff_who_may
from minxin.agencies.rules import Permission
from minxin.core.errors import NotFound
from minxin.knowledge.models import Entry, EntryProposal

Status = EntryProposal.Status


def entry_proposals_visible_to(staff: Staff) -> QuerySet[EntryProposal]:
    """The proposals of the branches whose knowledge this person may read, and her own."""
    theirs = EntryProposal.objects.visible_to(staff, Permission.READ_KNOWLEDGE)
    found = EntryProposal.objects.filter(Q(pk__in=theirs.values("pk")) | Q(proposed_by=staff))
    return found.select_related("agency", "target", "entry", "proposed_by", "decided_by")


def entry_proposal_for(staff: Staff, number: int) -> EntryProposal:
    """One of them; `NotFound` otherwise."""
    found = entry_proposals_visible_to(staff).filter(pk=number).first()
    if found is None:
        raise NotFound
    return found


def proposals_to_decide(staff: Staff) -> QuerySet[EntryProposal]:
    """What waits for this person: of the branches she edits, and not proposed by herself."""
    found: QuerySet[EntryProposal] = EntryProposal.objects.visible_to(
        staff, Permission.EDIT_KNOWLEDGE
    )
    return found.filter(status=Status.OPEN).exclude(proposed_by=staff)


def standing_proposal(kind: str, number: int) -> EntryProposal | None:
    """What a reply was already proposed as, unless that was declined."""
    found = EntryProposal.objects.filter(origin_kind=kind, origin=number)
    return found.exclude(status=Status.DECLINED).first()


def deciders(agency: Agency, *, besides: Staff) -> list[Staff]:
    """Who may decide on a proposal to an agency: its editors, but for who proposed it."""
    able = staff_who_may(Permission.EDIT_KNOWLEDGE, agency)
    return list(able.exclude(pk=besides.pk).order_by("name", "pk"))


def origins_of(entry: Entry) -> list[EntryProposal]:
    """The replies from which something came into an entry, the newest first."""
    return list(entry.proposals.select_related("proposed_by", "decided_by").order_by("-id"))


def entries_by_number(numbers: list[int]) -> list[Entry]:
    """Entries with their agency, in this order; those that are gone are left out."""
    found = Entry.objects.select_related("agency").in_bulk(numbers)
    return [found[number] for number in numbers if number in found]


def drafts_that_ask(staff: Staff, question: str) -> list[Entry]:
    """Entries that no citizen hears, of the branches this person reads, with the very same question."""
    rows = Entry.objects.visible_to(staff, Permission.READ_KNOWLEDGE).select_related("agency")
    rows = rows.exclude(status=Entry.Status.PUBLISHED)
    return list(rows.filter(question=question.strip()).order_by("-pk")[:3])
