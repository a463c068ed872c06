"""Words by which a sentence turns into another: not, must, may, only, except. And words that say nothing.

Everything is read in levelled text.
"""

import re

from minxin.text.segmentation import cut

# In these a sign of negation negates nothing.
_NO_NEGATION = re.compile(
    "不动产|未成年|未来|无障碍|无人机|无线|非机动车|非物质|非遗|非税|不仅|不但|不同|无论|不论|不管|不锈钢|莫名|特别|分别"
    "|级别|类别|区别|性别|个别|识别|鉴别|别名|告别|别墅|免疫|无偿|非营利|非全日制|非户籍|无业"
)
_NEGATION = re.compile("不|未|无|非|免|禁|勿|没|别|停|拒|取消|撤销|废止|失效|除外|暂缓")
_MUST = "必须 应当 应该 应 须 务必 一定 非得 得以 强制 严格"
_MAY = "可以 可 能 能够 允许 准许 有权 准予 可自行 随便 任意"
MUST = frozenset(_MUST.split())
MAY = frozenset(_MAY.split())
_EXCEPT = re.compile("但(?!愿)|除外|除了|除[^，。；]{1,30}外|例外|不含|不包括")
_ONLY = re.compile("仅|只(?:能|有|限|对|在|由|可|收)|限于|限本|方可|才能|才可|方能|前提")

# Words with which anything may be told plainly; none of them says what holds, for whom or when. What
# obliges, allows, forbids, promises, warns or rates is not among them.
_HELPING = """
您 你 请 的 了 和 与 及 或 或者 以及 并 并且 也 还 再 就 都 则 是 为 在 到 去 来 向 从 由 对 把 被 给 让 用 以 按 按照 根据
依据 通过 如果 如 若 需 需要 要 有 这 那 这些 那些 这个 那个 其 该 此 等 时 后 先 然后 接着 最后 同时 另外 此外 其中 包括 以下
下列 下面 如下 分别 一共 共 即 也就是 就是 也就是说 进行 关于 方面 情况 情形 办 办理 带 带上 带好 带着 携带 准备 准备好 提供 提交
填写 材料 前往 上 下 里 中 内 个 位 种 份 件 张 项 条 第 年 月 日 天 元 时间 时候 期间 之 之内 所 而 因 因为 所以 于 至 自 起
每 各 另 本人 自己 具体 内容 规定 相关 有关 一 二 三 想 说明 列出 步 步骤 地 得 着 过 吧 呢 将 已 已经 且
"""
HELPING = frozenset(_HELPING.split())


def negations(text: str) -> int:
    """How often a text says no."""
    return len(_NEGATION.findall(_NO_NEGATION.sub("", text)))


def modes(text: str) -> set[str]:
    """Whether a text obliges, and whether it allows."""
    found = set(cut(text))
    return {name for name, words in (("must", MUST), ("may", MAY)) if found & words}


def limits(text: str) -> set[str]:
    """Whether a text makes an exception, and whether it says only."""
    found = set()
    if _EXCEPT.search(text):
        found.add("except")
    if _ONLY.search(text):
        found.add("only")
    return found
