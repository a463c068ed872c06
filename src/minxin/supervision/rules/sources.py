"""Where a trace of an update may come from, how far it is believed, what its silence means."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType


class Source(StrEnum):
    """Who says that an account published."""

    MASS_EVENT = "mass_event"
    PUBLISH_EVENT = "publish_event"
    PUBLISHED_LIST = "published_list"
    ARTICLE_FIGURES = "article_figures"
    OWN_PUBLISHING = "own_publishing"
    INSPECTOR = "inspector"
    SELF_REPORT = "self_report"
    PATROL = "patrol"


class Grade(StrEnum):
    """How far a source is believed: told by an interface, checked by a person, reported by the unit
    itself, seen on patrol. In this order."""

    INTERFACE = "A"
    CHECKED = "B"
    REPORTED = "C"
    PATROL = "D"


class Kind(StrEnum):
    """How an item came out: pushed to followers, or published without telling them."""

    PUSHED = "pushed"
    PUBLISHED = "published"


BOTH = frozenset(Kind)


@dataclass(frozen=True, slots=True)
class About:
    """What is known of a source. `silent_on`: the kinds of which its silence means that there were
    none, where it was asked; empty for one that may miss things without knowing."""

    grade: Grade
    silent_on: frozenset[Kind] = frozenset()


# An event may be lost on its way, so that its absence says nothing. The list of published articles
# knows nothing of pushed ones; the figures of articles know both (publish_type), a day later.
SOURCES: Mapping[Source, About] = MappingProxyType(
    {
        Source.MASS_EVENT: About(Grade.INTERFACE),
        Source.PUBLISH_EVENT: About(Grade.INTERFACE),
        Source.PUBLISHED_LIST: About(Grade.INTERFACE, frozenset({Kind.PUBLISHED})),
        Source.ARTICLE_FIGURES: About(Grade.INTERFACE, BOTH),
        Source.OWN_PUBLISHING: About(Grade.INTERFACE),
        Source.INSPECTOR: About(Grade.CHECKED, BOTH),
        Source.SELF_REPORT: About(Grade.REPORTED),
        Source.PATROL: About(Grade.PATROL),
    }
)
