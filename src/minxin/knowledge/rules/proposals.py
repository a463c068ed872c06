"""From what was said between two people to what everybody may read. Pure."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from minxin.text import bare, bigrams, find_private, mask, mask_houses, normal

LONGEST_QUESTION = 200
MOST_WAYS = 5
SHORTEST = 4  # characters of a clause that can be a question

_CLAUSE = re.compile(r"[,，。!！?？;；\s]+")
_NAMED = re.compile(
    r"(?:我叫|我的名字(?:是|叫)|姓名(?:是|[:：])|联系人[:：]?)\s*[\u3400-\u9fff]{2,4}"
)
_LONG_NUMBER = re.compile(r"\d[\d\s-]{6,}\d")  # whatever it is, no question needs it
_COVERED = re.compile(r"\*{2,}|[×＊]{2,}")
# How a person is spoken to at the beginning of a reply.
_OPENING = re.compile(
    r"\s*(?:尊敬的)?(?:[\u3400-\u9fff]{1,4}(?:先生|女士|同志|市民|老师|师傅)|市民(?:朋友)?)?[,，:：\s]*(?:您好|你好)[!！,，。:：\s]*"
)
_CALLED = re.compile(r"\A\s*(?:尊敬的)?([\u3400-\u9fff]{1,3})(?:先生|女士)[,，:：\s]")


@dataclass(frozen=True, slots=True)
class Draft:
    """A question in a citizen's words without what is hers, other ways of asking it, the reply to all."""

    question: str
    ways: tuple[str, ...]
    answer: str


def drafted(said: Sequence[str], reply: str) -> Draft:
    """From her words, the newest first, and what staff replied. The question is empty where nothing is left of
    her words: then a person writes it."""
    asked = list(dict.fromkeys(found for each in said if (found := _without_hers(each))))
    asked.sort(key=lambda each: not _is_asking(each))
    return Draft(asked[0] if asked else "", tuple(asked[1 : MOST_WAYS + 1]), _to_all(reply))


def _without_hers(text: str) -> str:
    """Her words without greetings, and without the clauses in which something of hers stands."""
    masked = _NAMED.sub("××", mask_houses(mask(" ".join(text.split()))))
    kept = [each for each in _CLAUSE.split(masked) if each and not _COVERED.search(each)]
    kept = [each for each in kept if not _LONG_NUMBER.search(each)]
    kept = [each for each in kept if len("".join(bigrams(bare(normal(each))))) >= SHORTEST]
    return "，".join(kept)[:LONGEST_QUESTION]


def _is_asking(text: str) -> bool:
    return bool(re.search(r"[吗呢么]|怎|如何|什么|哪|多少|几|能不能|可不可以|可以", text))


def _to_all(reply: str) -> str:
    """The reply without the salutation; somebody's numbers blotted out, those that offices publish kept."""
    text = (
        _OPENING.sub("", reply.strip(), count=1) if _OPENING.match(reply.strip()) else reply.strip()
    )
    found = find_private(text)
    for each in reversed(found):
        text = text[: each.start] + "****" + text[each.end :]
    return text.strip()


def what_is_hers(text: str, known: Iterable[str] = ()) -> list[str]:
    """What of a text names or numbers somebody, or was blotted out and still stands there; `known`: what is
    known of her, name and number."""
    found = [text[each.start : each.end] for each in find_private(text)]
    found += [match[0] for match in _COVERED.finditer(text)]
    found += [match[0] for match in _NAMED.finditer(text)]
    found += [match[0].strip(" ,，:：") for match in _CALLED.finditer(text)]
    found += [each for each in known if len(each) > 1 and each in text]
    return list(dict.fromkeys(found))
