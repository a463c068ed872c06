"""When a question has two readings: what is asked back, made of what the entries themselves say. Pure."""

from collections.abc import Sequence

from minxin.knowledge.rules.answers import Answer, Choice, area_of
from minxin.text import bigrams

# More cannot be read at a glance, nor tapped without a slip.
MOST_CHOICES = 6


def is_below(entry_region: str, region: str) -> bool:
    """Whether an entry holds in a part of a region alone: a district's, asked in the city."""
    area = area_of(entry_region) if entry_region else ""
    return (
        bool(area) and bool(region) and area != area_of(region) and area.startswith(area_of(region))
    )


def by_audience(
    answers: Sequence[Answer], question: str
) -> tuple[Answer | None, tuple[Choice, ...]]:
    """Of entries that fit equally: the one whose audience the question names, or whom to ask for; (None, ())
    where they do not differ in that."""
    return _by([(each, each.audience) for each in answers], question, "audience")


def by_region(answers: Sequence[Answer], question: str) -> tuple[Answer | None, tuple[Choice, ...]]:
    """The same of entries that hold in different parts of the region."""
    return _by([(each, each.region_name) for each in answers], question, "region")


def by_question(answers: Sequence[Answer]) -> tuple[Choice, ...]:
    """Entries that ask for different things: their standard questions."""
    asked = dict.fromkeys(each.question for each in answers)
    if not 1 < len(asked) <= MOST_CHOICES or len(asked) != len(answers):
        return ()
    return tuple(Choice(each.entry_id, each.question, "question") for each in answers)


def _by(
    named: Sequence[tuple[Answer, str]], question: str, by: str
) -> tuple[Answer | None, tuple[Choice, ...]]:
    names = [name for _, name in named]
    if len(named) < 2 or not all(names) or len(set(names)) != len(names):
        return None, ()
    said = [answer for answer, name in named if is_said(name, question)]
    if len(said) == 1:
        return said[0], ()
    if len(named) > MOST_CHOICES:
        return None, ()
    return None, tuple(Choice(answer.entry_id, name, by) for answer, name in named)


def is_said(name: str, question: str) -> bool:
    """Whether a question names an audience or a place: as it is written, or a place without its kind."""
    short = name[:-1] if len(name) > 2 and name[-1] in "区县市省镇乡" else name
    return name in question or short in question


def chosen_by(words: str, names: Sequence[str]) -> int | None:
    """Which of the choices these (bare) words mean: its number, or its name, or words that name one alone."""
    if words.isdecimal():
        number = int(words)
        return number - 1 if 1 <= number <= len(names) else None
    same = [place for place, name in enumerate(names) if name == words]
    if not same:
        same = [
            place
            for place, name in enumerate(names)
            if is_said(name, words) or (len(words) > 1 and words in name)
        ]
    if len(same) == 1:
        return same[0]
    shared = [len(set(bigrams(name)) & set(bigrams(words))) for name in names]
    most = max(shared, default=0)
    return shared.index(most) if most and shared.count(most) == 1 else None
