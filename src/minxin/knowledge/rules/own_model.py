"""Decisions about a model of the city's own: when it rests, what a label must say, what is worth asking. Pure."""

import re
from collections.abc import Sequence
from datetime import timedelta

from minxin.text.answers import AnswerBundle, Passage, Sentence, cut_units

LABEL = "以下内容由人工智能根据文件原文改写生成，仅供参考，以原文为准。"
FAILURES = 5  # in a row, then nobody asks for a while
PAUSE, LONGEST_PAUSE = timedelta(minutes=1), timedelta(minutes=15)
LONGEST_ANSWER = (
    600  # bytes of UTF-8 of an answer that is worth wording anew: a message holds no more
)
PATH = "/chat/completions"  # below the address, in the protocol that OpenAI made common
MOST_OUTPUT = 1_200  # tokens a model may write


def pause_after(failures: int) -> timedelta | None:
    """How long nobody asks after so many failures in a row; doubled with each, None while it is too few."""
    if failures < FAILURES:
        return None
    return min(PAUSE * int(2 ** min(failures - FAILURES, 10)), LONGEST_PAUSE)


def is_label(text: str) -> bool:
    """Whether a label says what it must: 《人工智能生成合成内容标识办法》 (in force 2025-09-01) asks for words that
    tell people. Ours: 人工智能 or AI, and 生成 or 合成."""
    said = text.upper()
    return bool(re.search(r"人工智能|AI", said)) and bool(re.search("生成|合成", said))


def tokens_of(messages: Sequence[dict[str, str]]) -> int:
    """No fewer tokens than a request will cost: a character is at most one or so."""
    return sum(len(each["content"]) for each in messages) + MOST_OUTPUT


def counted(said: object, estimate: int) -> int:
    """The tokens a server says it took, where that is a number one can believe; the estimate otherwise."""
    if isinstance(said, bool) or not isinstance(said, int) or not 0 < said <= 20 * estimate:
        return estimate
    return said


def is_worth_it(bundle: AnswerBundle, *, is_whole: bool) -> bool:
    """Whether an answer may be given to a model: not too long, and no sentence cut in two."""
    if not is_whole and len(bundle.sentences) < 2:
        return False
    return len(bundle.text.encode()) <= LONGEST_ANSWER


def in_sentences(text: str) -> AnswerBundle | None:
    """An entry's answer by its sentences; None for one without any."""
    units = [
        (unit.start, unit.end) for unit in cut_units(text) if text[unit.start : unit.end].strip()
    ]
    if not units:
        return None
    sentences = tuple(Sentence("answer", start, end, text[start:end]) for start, end in units)
    return AnswerBundle(sentences, (Passage("answer", text),))
