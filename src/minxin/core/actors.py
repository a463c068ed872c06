"""Who does a thing: a member of staff, a citizen, or the system itself."""

from dataclasses import dataclass
from typing import Protocol


class Actor(Protocol):
    """What the audit needs to know of whoever acts; `Staff` and `Citizen` have these too."""

    @property
    def actor_kind(self) -> str:
        """`staff`, `citizen` or `system`."""

    @property
    def actor_id(self) -> str:
        """A stable id within the kind; for a citizen the keyed hash, never the openid."""

    @property
    def actor_name(self) -> str:
        """What a reader of the audit sees; for a citizen nothing that identifies her."""


@dataclass(frozen=True, slots=True)
class System:
    """The platform acting by itself: a schedule, a worker, a command. `name` says which."""

    name: str

    @property
    def actor_kind(self) -> str:
        return "system"

    @property
    def actor_id(self) -> str:
        return self.name

    @property
    def actor_name(self) -> str:
        return self.name
