"""Questions that ask for the same: which intent a new question joins. Pure; holds texts in memory.

A question is compared with the questions of the intents there are. Two measures: shared character bigrams
(`text.likeness`, Jaccard), for what was typed nearly alike; and shared words of matter, synonyms taken
together, weighed by how much they tell (`rules.weight_of`), for what was said otherwise. The larger counts.
It joins the intent of the question it is most like when that likeness is at least `JOIN`, or `JOIN_IN_TOPIC`
when both belong to the same topic; else it begins an intent of its own. A question once placed is never
moved by this: an intent keeps its identity, people merge and split.

So that an intent does not wander along a chain of small steps, a question must also be at least `HOLD` like
the intent's first question, which is what it is called by.
"""

from collections import Counter
from dataclasses import dataclass

from minxin.knowledge.rules import weight_of
from minxin.knowledge.synonyms import plain, tokens
from minxin.text import NearDuplicates, bare, likeness, normal, shingles

# Looked at on labelled messages (`minxin bench intents`) and on the questions of tests/knowledge: a wrong join is
# worse than one intent too many, which a person merges in two taps.
JOIN = 0.45
JOIN_IN_TOPIC = 0.38
HOLD = 0.2
_RAREST = 6  # tokens of a question by which questions alike are looked for
_MOST = 200  # candidates that are compared
_COMMON = 400  # a token that so many questions have finds nobody


@dataclass(frozen=True, slots=True)
class Placed:
    """A question's place: the intent it joins, how alike, and which question it is most like."""

    intent: int
    likeness: float
    question: int


@dataclass(frozen=True, slots=True)
class _Said:
    intent: int
    topic: str
    grams: frozenset[str]
    matter: frozenset[str]


def matter_of(text: str) -> frozenset[str]:
    """The words of matter of a question, synonyms taken together."""
    return tokens(plain(bare(normal(text))))


class Grouping:
    """The questions of the intents there are, and to which a new one belongs."""

    def __init__(
        self, *, join: float = JOIN, join_in_topic: float = JOIN_IN_TOPIC, hold: float = HOLD
    ) -> None:
        self._join, self._join_in_topic, self._hold = join, join_in_topic, hold
        self._said: dict[int, _Said] = {}
        self._first: dict[int, int] = {}
        self._by_token: dict[str, list[int]] = {}
        self._frequency: Counter[str] = Counter()
        self._alike = NearDuplicates()

    def __len__(self) -> int:
        return len(self._said)

    def put(self, question: int, intent: int, text: str, topic: str = "") -> None:
        """Note a question as one of an intent; the first one names it."""
        said = _Said(intent, topic, shingles(bare(normal(text))), matter_of(text))
        self._said[question] = said
        self._first.setdefault(intent, question)
        self._frequency.update(said.matter)
        for token in said.matter:
            self._by_token.setdefault(token, []).append(question)
        self._alike.add([(question, bare(normal(text)))])

    def place(self, text: str, topic: str = "") -> Placed | None:
        """The intent a question joins; None when it begins one of its own."""
        asked = _Said(0, topic, shingles(bare(normal(text))), matter_of(text))
        best: Placed | None = None
        for number in self._candidates(text, asked.matter):
            said = self._said[number]
            how = self.likeness_of(asked, said)
            is_same_topic = bool(topic) and topic == said.topic
            if how < (self._join_in_topic if is_same_topic else self._join):
                continue
            first = self._said[self._first[said.intent]]
            if first is not said and self.likeness_of(asked, first) < self._hold:
                continue
            if best is None or how > best.likeness:
                best = Placed(said.intent, round(how, 4), number)
        return best

    def likeness_of(self, one: _Said, other: _Said) -> float:
        """The larger of both measures, 0 to 1."""
        return max(likeness(one.grams, other.grams), self._of_matter(one.matter, other.matter))

    def _of_matter(self, one: frozenset[str], other: frozenset[str]) -> float:
        if not one or not other:
            return 0.0
        shared = sum(map(self._weight, one & other))
        return shared / sum(map(self._weight, one | other)) if shared else 0.0

    def _weight(self, token: str) -> float:
        return weight_of(token, self._frequency[token], len(self._said))

    def _candidates(self, text: str, matter: frozenset[str]) -> list[int]:
        found = dict.fromkeys(self._alike.candidates(bare(normal(text)), _MOST))
        rarest = sorted(matter, key=lambda token: (self._frequency[token], token))
        for token in rarest[:_RAREST]:
            numbers = self._by_token.get(token, [])
            if len(numbers) <= _COMMON:
                found.update(dict.fromkeys(numbers))
        return list(found)
