"""Why a question hears what it hears: the words that count, the entries compared, the parts of each score. Reads
memory only, and computes as `Entries` does."""

from dataclasses import dataclass
from datetime import date

from minxin.knowledge.index.entries import LONG, MORE_CANDIDATES, Entries
from minxin.knowledge.index.known import Known, words_of
from minxin.knowledge.rules import (
    BARRED_MARGIN,
    CERTAIN,
    SURE,
    Lookup,
    is_for_region,
    is_held,
    is_in_force,
    similarity,
)
from minxin.knowledge.rules.thresholds import at_least
from minxin.knowledge.synonyms import Table, tokens
from minxin.text import bigrams

MOST_PARTS = 6
MOST_WORDS = 12


@dataclass(frozen=True, slots=True)
class Part:
    """An entry beside the question: the way of asking that is nearest (in the words of officials), what both share,
    what of the question stands nowhere in it. `of_asked`, `of_known`: shared weight over that of the question and
    of the way; `covered`: share of the question's words that stand anywhere in it; `value` of them all, 0 to 1.
    `standing`: given, held (its source ended), dated (not in force that day) or elsewhere (another region)."""

    entry_id: int
    question: str
    way: str
    shared: tuple[str, ...]
    missing: tuple[str, ...]
    of_asked: float
    of_known: float
    covered: float
    value: float
    standing: str


@dataclass(frozen=True, slots=True)
class Explained:
    """What a question hears and why. `read`: as it was compared, synonyms taken together; `words`: what counts in it
    with its weight, the heaviest first; `sure`: from how sure on its agency answers; `verdict`: see `verdict_of`."""

    read: str
    words: tuple[tuple[str, float], ...]
    found: Lookup
    parts: tuple[Part, ...]
    sure: float
    verdict: str


def explain(
    entries: Entries,
    question: str,
    on: date,
    region: str,
    table: Table,
    path: str = "",
    sure: float = SURE,
) -> Explained:
    """A normalised question without greetings, on a day in a region, read by the table of the agency at a path
    and answered from how sure on it wants."""
    shipped = entries.look_up(question, on, region, table, path)
    found = at_least(shipped, sure)
    text = table.asked(found.corrected or question)
    asked = tokens(text)
    weighed = {each: entries.weigh(frozenset([each])) for each in asked}
    words = sorted(weighed.items(), key=lambda each: (-each[1], each[0]))
    grams = bigrams(text)
    grams = grams[::2] if len(grams) > LONG else grams
    best: dict[int, Part] = {}
    for known, number in entries.near_ways(grams, MORE_CANDIDATES):
        part = _compared(entries, known, number, asked, on, region)
        before = best.get(part.entry_id)
        if part.shared and (before is None or part.value > before.value):
            best[part.entry_id] = part
    parts = sorted(best.values(), key=lambda each: (-each.value, each.entry_id))
    return Explained(
        text, tuple((word, round(weight, 2)) for word, weight in words[:MOST_WORDS]),
        found, tuple(parts[:MOST_PARTS]), sure,
        "raised" if found != shipped else verdict_of(found, parts),
    )  # fmt: skip


def _compared(
    entries: Entries, known: Known, number: int, asked: frozenset[str], on: date, region: str
) -> Part:
    way = known.ways[number]
    both = asked & way
    shared, of_asked = entries.weigh(both), entries.weigh(asked)
    of_known = entries.weigh(way)
    words = words_of(asked)
    of_words = entries.weigh(words)
    covered = entries.weigh(words & known.about) / of_words if of_words else 0.0
    answer = known.answer
    if not is_for_region(answer.region_code, region):
        standing = "elsewhere"
    elif not is_in_force(answer.valid_from, answer.valid_until, on):
        standing = "dated"
    else:
        standing = "held" if is_held(answer, on) else "given"

    def heaviest(some: frozenset[str]) -> tuple[str, ...]:
        return tuple(sorted(some, key=lambda each: (-entries.weigh(frozenset([each])), each)))

    return Part(
        answer.entry_id, answer.question, known.texts[number], heaviest(both),
        heaviest(words - known.about - way)[:6],
        round(shared / of_asked, 2) if of_asked else 0.0,
        round(shared / of_known, 2) if of_known else 0.0, round(covered, 2),
        round(similarity(shared, of_asked, of_known, covered), 2), standing,
    )  # fmt: skip


def verdict_of(found: Lookup, parts: list[Part]) -> str:
    """Why the shipped threshold gives an answer: `same` (the same question), `certain`, `sure`; why something else is told: `held`,
    `choices`; why nothing: `nothing` (no entry shares a word), `weak` (the best is not alike enough), `barred` (one
    that may not be given is much more alike), `close` (two are about equally alike)."""
    if found.held is not None:
        return "held"
    if found.choices:
        return "choices"
    if found.answer is not None:
        return (
            "same"
            if found.confidence >= 1.0
            else "certain"
            if found.confidence >= CERTAIN
            else "sure"
        )
    given = [each.value for each in parts if each.standing == "given"]
    barred = max((each.value for each in parts if each.standing != "given"), default=0.0)
    best = max(given, default=0.0)
    if not parts:
        return "nothing"
    if barred > best + BARRED_MARGIN and barred >= SURE:
        return "barred"
    return "weak" if best < SURE else "close"
