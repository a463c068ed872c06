"""From text to the units that are compared: character bigrams and words."""

import re
import unicodedata
from operator import add

import rjieba

_RUN = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff]+|[a-z0-9]+(?:\.[0-9]+)*")
HAN = "\u3400"  # the first Chinese character
_FORM_WORDS = """
的 了 吗 呢 么 啊 吧 是 在 和 与 及 对 为 等 有 我 我们 你 您 他 她 它 想 要 请问 请 一下
怎么 怎样 如何 什么 哪些 哪 哪里 多少 几 可以 能 会 办 该 应该 需要 那 这 就 都 也 还 把 被 给
让 到 去 来 从 向 个 些 怎么办 咋 咋办 想问 问 知道 告诉 谢谢 你好 您好 那个 这个 麻烦 问下
问一下 请教 打听 呀 啦 哦 噢 嘛 哈 哎 喂 嗯 咱 咱们 俺 谁 啥 哪儿 哪个 怎么样 怎么弄 怎么着 求问
急
"""
# Words that carry a question's form, not its matter. They weigh nothing in an answer's favour.
FORM = frozenset(_FORM_WORDS.split())


def normal(text: str) -> str:
    """Full width to half width, lower case, compatibility forms folded (NFKC)."""
    return unicodedata.normalize("NFKC", text).lower()


# Greetings and thanks around a question, in normalised text.
_OPENING = re.compile(
    r"(?:[\s,.。!?;:、~]|请问(?:一下|下)?|请教(?:一下|下)?|(?:您|你)们?好|劳驾|那个(?=[\s,.。])|喂|嗨"
    r"|(?:我?想|我要|麻烦(?:您|你)?)?(?:问|咨询|打听)(?:一下|下))+"
)
_ENDING = re.compile(r"(?:[\s,.。!?;:、~]|[呢呀啊啦哦嘛]|谢谢(?:您|你|了|啦)?|多谢)+\Z")
_LAST = frozenset(" ,.。!?;:、~呢呀啊啦哦嘛谢您你了")


def bare(text: str) -> str:
    """A normalised question without the greetings and thanks around it; the text itself when nothing
    else is in it."""
    opening = _OPENING.match(text)
    start = opening.end() if opening else 0
    end = len(text)
    if text[-1:] in _LAST and (ending := _ENDING.search(text, start)):
        end = ending.start()
    return text[start:end] or text


def bigrams(text: str) -> list[str]:
    """Overlapping pairs of Han characters (a lone one stands for itself), Latin words and numbers."""
    found: list[str] = []
    for run in _RUN.findall(normal(text)):
        if run[0] < HAN or len(run) == 1:
            found.append(run)
        else:
            found += map(add, run, run[1:])
    return found


def words(text: str) -> list[str]:
    """Words as a search engine wants them: long ones also in their parts."""
    text = normal(text)
    try:
        cut = rjieba.cut_for_search(text, True)
    except UnicodeEncodeError:  # half a character, as JSON can carry
        cut = rjieba.cut_for_search(text.encode("utf-8", "ignore").decode(), True)
    return [word for word in cut if _RUN.match(word)]


def cut(text: str) -> list[str]:
    """The text in words, one after another: together they are the text."""
    return list(rjieba.cut(text.encode("utf-8", "ignore").decode(), True))
