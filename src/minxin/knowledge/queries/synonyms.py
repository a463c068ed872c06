"""Which words mean the same, for indexes and for those who keep them."""

from django.db.models import Exists, OuterRef, QuerySet

from minxin.agencies.models import Agency, Staff
from minxin.agencies.queries import agencies_for
from minxin.agencies.rules import Permission
from minxin.core.errors import NotFound
from minxin.knowledge.models import SynonymSet
from minxin.knowledge.synonyms import SynonymRule

# The number that an `IndexChange` names when the synonyms changed: no entry has it.
SYNONYMS_CHANGED = 0


def paths_above(path: str) -> list[str]:
    """The path of an agency and those of all above it, the nearest first."""
    parts = path.strip("/").split("/")
    return [f"/{'/'.join(parts[:count])}/" for count in range(len(parts), 0, -1)]


def synonym_rules() -> list[SynonymRule]:
    """All sets in use."""
    found = SynonymSet.objects.filter(is_active=True).select_related("agency")
    return [rule_of(row) for row in found]


def rule_of(row: SynonymSet) -> SynonymRule:
    """A set as indexes read it."""
    return SynonymRule(row.agency.path, row.word, tuple(row.others.split()), row.both_ways)


def agency_paths() -> dict[int, str]:
    """Where each agency stands in the tree."""
    return dict(Agency.objects.values_list("pk", "path"))


def synonyms_visible_to(staff: Staff) -> QuerySet[SynonymSet]:
    """The sets of the agencies whose knowledge this person may read, and of those above them; `may_change`
    says which of them this person may change."""
    paths = agencies_for(staff, Permission.READ_KNOWLEDGE).values_list("path", flat=True)
    around = {above for path in paths for above in paths_above(path)}
    found: QuerySet[SynonymSet] = SynonymSet.objects.filter(agency__path__in=sorted(around))
    own = SynonymSet.objects.visible_to(staff, Permission.EDIT_KNOWLEDGE).filter(pk=OuterRef("pk"))
    return found.annotate(may_change=Exists(own)).select_related("agency")


def synonyms_for(staff: Staff, number: int) -> SynonymSet:
    """One that this person may change; else `NotFound`."""
    found: SynonymSet | None = (
        SynonymSet.objects.visible_to(staff, Permission.EDIT_KNOWLEDGE)
        .select_related("agency")
        .filter(pk=number)
        .first()
    )
    if found is None:
        raise NotFound
    return found


def synonyms_around(agency: Agency) -> QuerySet[SynonymSet]:
    """The sets in use that meet an agency's: its own, those above it and those below it."""
    above = SynonymSet.objects.filter(agency__path__in=paths_above(agency.path))
    below = SynonymSet.objects.filter(agency__path__startswith=agency.path)
    found: QuerySet[SynonymSet] = (above | below).filter(is_active=True)
    return found.select_related("agency")
