"""How many working days a unit has to put a problem right, as data of a region."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from minxin.supervision.rules.packs import Certainty, Severity


@dataclass(frozen=True, slots=True)
class Terms:
    """One preset. `regions` are beginnings of GB/T 2260 codes, none: everywhere."""

    id: str
    title: str
    certainty: Certainty
    days: Mapping[Severity, int]
    requirement: str
    document: str = ""
    note: str = ""
    regions: tuple[str, ...] = ()

    def reach(self, region_code: str) -> int | None:
        """How closely it fits a region: digits that match, 0 for one of everywhere; None if not."""
        if not self.regions:
            return 0
        fitting = [len(each) for each in self.regions if region_code.startswith(each)]
        return max(fitting, default=None)


def terms_for(presets: Iterable[Terms], region_code: str) -> Terms | None:
    """The nearest preset of a region; of two as near, the one whose id comes first."""
    fitting = [
        (-reach, each.id, each)
        for each in presets
        if (reach := each.reach(region_code)) is not None
    ]
    return min(fitting, key=lambda one: one[:2])[2] if fitting else None
