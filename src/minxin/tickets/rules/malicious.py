"""Who may say that a ticket is malicious (恶意), and until when. Pure.

国办函〔2025〕66号 leaves malicious harassment to the police; no national document says when a request may be
called malicious, how long that holds, or how its citizen appeals: two people, the appeal and the days are
ours. The mark ends one ticket and nothing else.
"""

from collections.abc import Iterable

# So many days a mark holds, and so many its citizen has to appeal, where nobody decided otherwise.
MARK_DAYS, APPEAL_DAYS = 180, 15
MARK_BOUNDS, APPEAL_BOUNDS = (30, 730), (7, 30)
# How long an appeal may be, in characters.
LONGEST_APPEAL = 1000
# Of whom a complaint is made is known from its nature: the unit that handles it may be meant.
AGAINST_SOMEBODY = frozenset({"complaint", "report"})
# A name of fewer characters says too little to be looked for in a text.
SHORTEST_NAME = 3


def complained_about(
    nature: str, handling: str, text: str, agencies: Iterable[tuple[str, Iterable[str]]]
) -> frozenset[str]:
    """The paths of the agencies that a ticket may complain about, as far as that can be known: the handling
    one of a complaint, and all whose name stands in the text.

    `agencies`: paths below the root with their names. The root is left out: everybody here is of it.
    """
    found = {
        path
        for path, names in agencies
        if any(len(name) >= SHORTEST_NAME and name in text for name in names)
    }
    if nature in AGAINST_SOMEBODY:
        found.add(handling)
    return frozenset(path for path in found if path.count("/") > 2)


def is_partial(own: Iterable[str], complained: Iterable[str]) -> bool:
    """Whether somebody who belongs to the agencies at the paths `own` is of one complained about."""
    against = tuple(complained)
    return any(path.startswith(each) for path in own for each in against)
