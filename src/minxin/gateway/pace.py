"""How fast one citizen may ask: twenty questions a second from one hand must cost the others nothing."""

from enum import IntEnum

SPAN = 10  # seconds


class Speed(IntEnum):
    """How a message is met."""

    FINE = 0
    SLOW_DOWN = 1  # the first one that is too many: she is told
    TOLD = 2  # those after it in the same ten seconds: nothing more is said


class Pace:
    """Counts what each citizen says in ten seconds; of those before nothing is kept. In memory, per process:
    what it leaves unanswered is recorded all the same."""

    __slots__ = ("_counts", "_most", "_span")

    def __init__(self, most: int) -> None:
        self._most = most
        self._span = 0
        self._counts: dict[str, int] = {}

    def of(self, key: str, at: float) -> Speed:
        """Count one message of hers at a Unix time; `most` of 0 never slows anybody down."""
        span = int(at) // SPAN
        if span != self._span:
            self._span, self._counts = span, {}
        count = self._counts[key] = self._counts.get(key, 0) + 1
        if not self._most or count <= self._most:
            return Speed.FINE
        return Speed.SLOW_DOWN if count == self._most + 1 else Speed.TOLD
