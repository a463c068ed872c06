"""Which agency a request belongs to: ordered rules, first match wins; then list and classifier together."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time

from minxin.tickets.rules.responsibilities import words_met

# Ours: from how sure on the system assigns by itself, where a region has set nothing else.
DEFAULT_THRESHOLD = 0.95
LEAST_THRESHOLD, MOST_THRESHOLD = 0.5, 0.999
SHOWN = 3
# What is known of a source before people have decided: as if four of five had been kept.
_KEPT_BEFORE, _SEEN_BEFORE = 4, 5
_SUREST = 0.99
# Never assigned by the system, however sure it is: a report must not go to whom it is about.
ALWAYS_ASKED = frozenset({"report"})


@dataclass(frozen=True, slots=True)
class Request:
    """What is known of a request. `at` is local; None: whatever time a rule asks for is met."""

    text: str
    place: str = ""
    nature: str = ""
    category: int | None = None
    account: int | None = None
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Conditions:
    """What a rule asks for; all that is given must be met. Words and places are comma separated: one of
    `words`, none of `without`, one of `places`. A span of time that ends before it begins lies over
    midnight; `until_time` is no part of it, `valid_until` is."""

    words: str = ""
    without: str = ""
    places: str = ""
    nature: str = ""
    category: int | None = None
    account: int | None = None
    from_time: time | None = None
    until_time: time | None = None
    valid_from: date | None = None
    valid_until: date | None = None

    @property
    def is_empty(self) -> bool:
        """Whether everything would match: `without` alone asks for nothing."""
        return not (
            self.words.strip()
            or self.places.strip()
            or self.nature
            or self.category
            or self.account
            or self.from_time
        )


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule in its place of the order."""

    number: int
    name: str
    conditions: Conditions
    agency: int


@dataclass(frozen=True, slots=True)
class Example:
    """What a rule is tested with. `is_met`: this rule is to decide it, or is not."""

    number: int
    rule: int
    request: Request
    is_met: bool


@dataclass(frozen=True, slots=True)
class Decided:
    """The rule that decides a request, and the words and places that met it."""

    rule: Rule
    words: tuple[str, ...]


def met_by(conditions: Conditions, request: Request) -> tuple[str, ...] | None:
    """The words and places that meet a rule's conditions (none, where it asks for none); None: not met."""
    asked = (
        (conditions.nature, request.nature),
        (conditions.category, request.category),
        (conditions.account, request.account),
    )
    if any(wanted and wanted != there for wanted, there in asked):
        return None
    if not _in_time(conditions, request.at):
        return None
    if words_met(request.text, conditions.without):
        return None
    found: list[str] = []
    for wanted, said in (
        (conditions.words, request.text),
        (conditions.places, f"{request.place}\n{request.text}"),
    ):
        if wanted.strip(" ,，、"):
            words = words_met(said, wanted)
            if not words:
                return None
            found += words
    return tuple(dict.fromkeys(found))


def _in_time(conditions: Conditions, at: datetime | None) -> bool:
    if at is None:
        return True
    if conditions.valid_from and at.date() < conditions.valid_from:
        return False
    if conditions.valid_until and at.date() > conditions.valid_until:
        return False
    start, end = conditions.from_time, conditions.until_time
    if start is None or end is None or start == end:
        return True
    clock = at.time().replace(tzinfo=None)
    return start <= clock < end if start < end else clock >= start or clock < end


def first(rules: Iterable[Rule], request: Request) -> Decided | None:
    """The first rule that is met."""
    for rule in rules:
        words = met_by(rule.conditions, request)
        if words is not None:
            return Decided(rule, words)
    return None


def failing(
    rules: Sequence[Rule], examples: Iterable[Example]
) -> list[tuple[Example, Decided | None]]:
    """The examples that come out otherwise than they should, with the rule that decides them."""
    numbers = {rule.number for rule in rules}
    wrong = []
    for example in examples:
        if example.rule not in numbers:
            continue
        decided = first(rules, example.request)
        if (decided is not None and decided.rule.number == example.rule) != example.is_met:
            wrong.append((example, decided))
    return wrong


# List and classifier together ---------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Candidate:
    """An agency that may be the right one: how surely (None where nothing can be said), by which
    source (`rule`, `list`, `category`, `model`, `both`), which words say so."""

    agency: int
    confidence: float | None
    source: str
    words: tuple[str, ...] = field(default=())


def reliability(kept: int, seen: int) -> float:
    """How often what a source says is right: what people kept of it, held back while they saw little.

    Ours; at most 0.99, whatever was seen.
    """
    return min((kept + _KEPT_BEFORE) / (seen + _SEEN_BEFORE), _SUREST)


def combined(
    listed: int | None, trust: float, guesses: Mapping[int, float]
) -> list[tuple[int, float]]:
    """How sure list and classifier are together, surest first.

    `trust`: how often the list is right. The two are taken for independent (naive Bayes): each agency's
    probability by the classifier times what the list says of it, brought back to a sum of one. An
    agency that the classifier has never learnt is judged by the list alone.
    """
    if listed is None:
        return _surest(guesses)
    if not guesses:
        return [(listed, trust)]
    if listed not in guesses:
        total = sum(guesses.values()) or 1.0
        rest = {agency: (1 - trust) * chance / total for agency, chance in guesses.items()}
        return _surest({listed: trust, **rest})
    others = max(len(guesses) - 1, 1)
    weight = {
        agency: chance * (trust if agency == listed else (1 - trust) / others)
        for agency, chance in guesses.items()
    }
    total = sum(weight.values())
    if total <= 0:
        return [(listed, trust)]
    return _surest({agency: part / total for agency, part in weight.items()})


def _surest(chances: Mapping[int, float]) -> list[tuple[int, float]]:
    return sorted(chances.items(), key=lambda pair: (-pair[1], pair[0]))


def may_assign(
    candidate: Candidate | None, *, threshold: float, nature: str, is_confidential: bool
) -> bool:
    """Whether the system may assign by itself: by a rule, or as surely as the threshold asks."""
    if candidate is None or nature in ALWAYS_ASKED or is_confidential:
        return False
    if candidate.source == "rule":
        return True
    return candidate.confidence is not None and candidate.confidence >= threshold
