"""Whether a set of synonyms can be kept, said in words."""

import re
from collections.abc import Iterable, Mapping

from django.utils.translation import gettext as _

from minxin.core.errors import Refused
from minxin.knowledge.rules.answers import GENERAL_WORDS
from minxin.knowledge.synonyms import SynonymRule
from minxin.knowledge.synonyms.tables import SHIPPED
from minxin.text import normal
from minxin.text.segmentation import FORM

LONGEST_WORD = 20
MOST_OTHERS = 20
_SEPARATORS = re.compile(r"[\s,;、/|.。]+")
_WORD = re.compile(r"[\u3400-\u9fffa-z0-9]+")
# In so many other words that replacing it would change what they mean.
COMMON = frozenset(["办理", "申请", "查询", "服务", "政务", "政府", "中心", "部门", "业务", "信息"])


def read_words(text: str) -> tuple[str, ...]:
    """The words of a field, in the order written, each once, as they are compared."""
    return tuple(dict.fromkeys(each for each in _SEPARATORS.split(normal(text)) if each))


def checked(
    word: str, others: Iterable[str], known: Iterable[SynonymRule] = (), *, field: str = "others"
) -> tuple[str, tuple[str, ...]]:
    """The set as it is kept; `Refused` with the field and the reason where it would make wrong answers.

    `known` are the sets that meet this one in the tree, itself left out.
    """
    main = read_words(word)
    if len(main) != 1:
        raise Refused(_("规范说法写一个词。"), field="word")
    official = main[0]
    words = tuple(each for each in others if each != official)
    _check_word(official, "word")
    for each in words:
        _check_word(each, field)
    if not words and official not in SHIPPED:
        raise Refused(_("请写至少一个市民的说法。"), field=field)
    if len(words) > MOST_OTHERS:
        raise Refused(_("一组最多写 %(most)s 个说法。") % {"most": MOST_OTHERS}, field=field)
    _check_others(official, words, {each.word: each.others for each in known}, field)
    return official, words


def _check_word(word: str, field: str) -> None:
    if not _WORD.fullmatch(word):
        raise Refused(
            _("“%(word)s”不是一个词：只用汉字、字母和数字。") % {"word": word}, field=field
        )
    if len(word) < 2:
        raise Refused(
            _("“%(word)s”只有一个字，会把别的词里的这个字也换掉。") % {"word": word}, field=field
        )
    if len(word) > LONGEST_WORD:
        raise Refused(
            _("“%(word)s”太长，一个说法最多 %(most)s 个字。整句话请写进知识的其他问法。")
            % {"word": word, "most": LONGEST_WORD},
            field=field,
        )
    if word in FORM or word in GENERAL_WORDS or word in COMMON:
        raise Refused(
            _("“%(word)s”太常用，几乎每个问题里都有，换掉它会答错别的问题。") % {"word": word},
            field=field,
        )


def _check_others(
    official: str, words: tuple[str, ...], known: Mapping[str, tuple[str, ...]], field: str
) -> None:
    groups = {**SHIPPED, **known}
    own = set(SHIPPED.get(official, ()))
    for word, members in groups.items():
        if word == official:
            continue
        if official in members and word in words:
            raise Refused(
                _("“%(one)s”和“%(other)s”互相指向：“%(other)s”那一组里已有“%(one)s”。")
                % {"one": official, "other": word},
                field=field,
            )
        for each in words:
            if each in own or (official in members and each in members):
                continue
            if each == word or each in members:
                raise Refused(
                    _("“%(each)s”已在“%(word)s”这一组里，一个说法只能属于一组。")
                    % {"each": each, "word": word},
                    field=field,
                )
