"""What the indicators of published texts have in common: they stand on what looking back found."""

from collections.abc import Callable

from minxin.supervision.indicators.base import Found, Hit, Subject
from minxin.supervision.rules.packs import Pack


def judging(name: str) -> Callable[[Subject, Pack], Hit | None]:
    """The judge of one of them: a hit while a place waits for a person, or is confirmed and not put right."""

    def judge(subject: Subject, pack: Pack) -> Hit | None:
        found = subject.content.found.get(name, Found())
        if not found.waiting and not found.confirmed:
            return None
        return Hit({"waiting": found.waiting, "confirmed": found.confirmed})

    return judge
