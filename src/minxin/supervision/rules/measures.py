"""What a unit may have done about a problem, by what WeChat lets anybody do after publishing.

That corrections after publishing are small and limited is told by WeChat's own community (2023); how
small is told differently by different sources, so no number stands here: editing is offered beside
deleting and correcting, with the advice to look at what the platform says at that moment, and not at
all where a rest of the content would still do harm. Deleting and publishing anew are always possible.
"""

from enum import StrEnum

from minxin.supervision.rules.packs import Severity


class Measure(StrEnum):
    """What was done."""

    EDIT = "edit"
    DELETE = "delete"
    CORRECT = "correct"
    REPUBLISH = "republish"
    CANCEL = "cancel"
    OTHER = "other"


class Advice(StrEnum):
    """What a person should know before she chooses."""

    EDITS_ARE_LIMITED = "edits_are_limited"
    DO_NOT_EDIT = "do_not_edit"


M = Measure
# By the beginning of the indicator, the longest that fits.
_MEASURES: dict[str, tuple[Measure, ...]] = {
    "": (M.EDIT, M.DELETE, M.CORRECT, M.REPUBLISH, M.CANCEL, M.OTHER),
    "account.": (M.OTHER, M.CANCEL),
    "account.zombie": (M.REPUBLISH, M.CANCEL, M.OTHER),
    "content.": (M.EDIT, M.DELETE, M.CORRECT, M.OTHER),
    "disclosure.": (M.OTHER,),
    "interact.": (M.EDIT, M.CANCEL, M.OTHER),
    "opinion.": (M.CORRECT, M.OTHER),
    "relay.": (M.REPUBLISH, M.OTHER),
    "reply.": (M.OTHER,),
    "update.": (M.REPUBLISH, M.CANCEL, M.OTHER),
}
# What must be gone whole: a rest of it, or the former version somebody kept, does harm.
_HARMFUL = frozenset({"content.privacy", "content.badlink"})


def measures_for(
    indicator: str, *, platform: str, severity: Severity | str
) -> tuple[tuple[Measure, ...], Advice | None]:
    """What is offered for a problem, the likely first, and what to know; nothing for what harms is
    edited."""
    begins = max((each for each in _MEASURES if indicator.startswith(each)), key=len)
    offered = _MEASURES[begins]
    if not indicator.startswith("content."):
        return offered, None
    if indicator in _HARMFUL or Severity(severity) is Severity.VETO:
        return tuple(each for each in offered if each is not M.EDIT), Advice.DO_NOT_EDIT
    if platform == "wechat":
        return offered, Advice.EDITS_ARE_LIMITED
    return offered, None
