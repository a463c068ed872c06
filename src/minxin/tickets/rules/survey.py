"""The independent survey: when it is asked, and from how many answers on it is told. Pure; the numbers are ours."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

# Fewer answers of a group than this are told to nobody: who answered what could be guessed.
FEWEST = 5
# A survey waits so long for its answer; and what was closed longer ago than this is not asked of any more.
ANSWER_WITHIN = timedelta(days=30)
ASK_UNTIL = timedelta(days=14)
LONGEST_DELAY = 30


# What is printed ----------------------------------------------------------------------------------
#
# Only quarters that are over: they share no day, so that nobody learns what one person said by taking one
# period from another; and a group of too few answers is in no sum either.


@dataclass(frozen=True, slots=True, order=True)
class Quarter:
    """Three calendar months. Raises ValueError for a number that is not 1 to 4."""

    year: int
    number: int

    def __post_init__(self) -> None:
        if not 1 <= self.number <= 4:
            raise ValueError("a quarter is 1 to 4")

    @property
    def first(self) -> date:
        """Its first day."""
        return date(self.year, 3 * self.number - 2, 1)

    @property
    def following(self) -> "Quarter":
        """The quarter after it."""
        return Quarter(self.year + self.number // 4, self.number % 4 + 1)

    @property
    def previous(self) -> "Quarter":
        """The quarter before it."""
        return Quarter(self.year - (self.number == 1), (self.number - 2) % 4 + 1)

    def is_over(self, today: date) -> bool:
        """Whether every survey sent in it can be answered no more."""
        return today >= self.following.first + ANSWER_WITHIN


def quarter_of(day: date) -> Quarter:
    """The quarter in which a day lies."""
    return Quarter(day.year, (day.month + 2) // 3)


def quarters_until(today: date, many: int) -> list[Quarter]:
    """The quarter of today and those before it, the newest first, `many` in all."""
    found = [quarter_of(today)]
    while len(found) < many:
        found.append(found[-1].previous)
    return found


@dataclass(frozen=True, slots=True)
class Told:
    """What may be printed of a group: how many were asked and answered; of these, how many said clearly
    whether it is solved (`clear`) and that it is (`solved`), how many said how content they are (`rated`)
    and what that is worth (`worth`, weighted); how many were also asked by the office (`both`) and said the
    same to it (`same`). All but the first two are 0 while fewer than `FEWEST` answered, the last two while
    `both` is less than that."""

    asked: int = 0
    answered: int = 0
    solved: int = 0
    clear: int = 0
    worth: float = 0.0
    rated: int = 0
    same: int = 0
    both: int = 0

    @property
    def is_told(self) -> bool:
        return self.answered >= FEWEST and bool(self.clear or self.rated)

    def __add__(self, other: "Told") -> "Told":
        """Two groups together."""
        return Told(
            self.asked + other.asked, self.answered + other.answered, self.solved + other.solved,
            self.clear + other.clear, self.worth + other.worth, self.rated + other.rated,
            self.same + other.same, self.both + other.both,
        )  # fmt: skip


@dataclass(slots=True)
class Heard:
    """Answers of one group while they are counted: by (solved, level), and by (to us, to the office)."""

    asked: int = 0
    said: dict[tuple[str, str], int] = field(default_factory=dict)
    beside: dict[tuple[str, str], int] = field(default_factory=dict)


def to_tell(heard: Heard, worths: dict[str, float]) -> Told:
    """What of it may be printed; `worths`: what each level counts. 说不清 is neither solved nor not."""
    answered = sum(heard.said.values())
    if answered < FEWEST:
        return Told(heard.asked, answered)
    clear = {key: many for key, many in heard.said.items() if key[0] in ("yes", "partly", "no")}
    rated = {key: many for key, many in heard.said.items() if key[1]}
    both = sum(heard.beside.values())
    same = sum(many for (one, other), many in heard.beside.items() if one == other)
    return Told(
        heard.asked,
        answered,
        sum(many for (one, _level), many in clear.items() if one == "yes"),
        sum(clear.values()),
        sum(worths.get(level, 0.0) * many for (_one, level), many in rated.items()),
        sum(rated.values()),
        same if both >= FEWEST else 0,
        both if both >= FEWEST else 0,
    )


def sum_of_told(groups: Sequence[Told]) -> Told:
    """Of several groups together: whoever is not told by itself adds to the numbers of asked and answered
    alone."""
    whole = Told()
    for each in groups:
        whole += each if each.is_told else Told(each.asked, each.answered)
    return whole
