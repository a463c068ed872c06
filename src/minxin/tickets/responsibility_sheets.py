"""What a sheet of the responsibility list says, line by line, and what is wrong with it."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from minxin.accounts.importing.columns import Column
from minxin.tickets.rules.responsibilities import SEPARATOR, place_of

MOST_LINES = 5_000
LONGEST_NAME, LONGEST_PLACE, LONGEST_BASIS, LONGEST_WORDS = 60, 60, 200, 300

COLUMNS: tuple[Column, ...] = (
    Column("level_1", gettext_lazy("一级分类"), ("一级事项", "一级类别", "大类", "分类")),
    Column("level_2", gettext_lazy("二级分类"), ("二级事项", "二级类别", "中类")),
    Column("level_3", gettext_lazy("三级分类"), ("三级事项", "三级类别", "小类")),
    Column("matter", gettext_lazy("事项"), ("事项名称", "诉求事项", "职责事项", "诉求类别", "具体事项",
                                           "事项清单", "职责内容")),
    Column("place", gettext_lazy("地点"), ("区域", "属地", "适用区域", "范围", "适用范围", "街道", "辖区",
                                          "区划")),
    Column("agency", gettext_lazy("主办单位"), ("承办单位", "责任单位", "牵头单位", "主责单位", "主办部门",
                                               "承办部门", "责任部门", "单位")),
    Column("co", gettext_lazy("协办单位"), ("配合单位", "协办部门", "配合部门", "会办单位")),
    Column("basis", gettext_lazy("依据"), ("法律依据", "法规依据", "政策依据", "职责依据", "文件依据")),
    Column("keywords", gettext_lazy("关键词"), ("别名", "俗称", "常用说法")),
)  # fmt: skip
NAMED = {column.name: column for column in COLUMNS}
_BETWEEN_NAMES = re.compile(r"[、,，;；\n]+")


@dataclass(frozen=True, slots=True)
class Known:
    """What a sheet is compared with: matters by path, agencies by what they are called. `is_active` of
    each; a name that means several agencies has them all."""

    matters: Mapping[str, bool]
    agencies: Mapping[str, Sequence[tuple[int, bool]]]
    adds_matters: bool


@dataclass(slots=True)
class SheetLine:
    """One line as it was read; `matter` is a path, which may be new."""

    row: int
    matter: str = ""
    place: str = ""
    agency: int | None = None
    co: list[int] = field(default_factory=list)
    basis: str = ""
    keywords: str = ""
    faults: list[tuple[str, str, str]] = field(default_factory=list)

    def wrong(self, column: str, value: str, words: str) -> None:
        """Note what is wrong with a column."""
        self.faults.append((str(NAMED[column].title), value[:60], words))


def read_lines(
    rows: Iterable[tuple[int, Sequence[str]]], columns: Sequence[str], known: Known
) -> list[SheetLine]:
    """The lines that say anything, in their order."""
    leaves = _leaves(known.matters)
    found: list[SheetLine] = []
    first: dict[tuple[str, str], int] = {}
    for number, cells in rows:
        said = {
            name: " ".join(cells[at].split()) if at < len(cells) else ""
            for at, name in enumerate(columns)
            if name
        }
        if not any(said.values()):
            continue
        line = SheetLine(number)
        _read_matter(line, said, known, leaves)
        _read_rest(line, said, known)
        if line.matter:
            earlier = first.setdefault((line.matter, line.place), number)
            if earlier != number:
                words = _("与第 %(row)s 行的事项和地点相同。") % {"row": earlier}
                line.wrong("matter" if "matter" in said else "level_1", line.matter, words)
        found.append(line)
    return found


def _leaves(matters: Mapping[str, bool]) -> Mapping[str, list[str]]:
    found: dict[str, list[str]] = {}
    for path in matters:
        found.setdefault(path.rsplit(SEPARATOR, 1)[-1], []).append(path)
    return found


def _read_matter(
    line: SheetLine, said: Mapping[str, str], known: Known, leaves: Mapping[str, list[str]]
) -> None:
    levels = [said.get(f"level_{at}", "") for at in (1, 2, 3)]
    own = said.get("matter", "")
    column = "matter" if own else "level_1"
    if any(levels):
        while not levels[-1]:
            levels.pop()
        if not all(levels):
            line.wrong("level_1", "", _("一级、二级、三级从左到右填写，中间不能空。"))
            return
        names = [_name(each) for each in levels]
        if own and _name(own) != names[-1]:
            names.append(_name(own))
    elif own:
        names = [_name(part) for part in re.split(r"[/／>]", own)]
    else:
        line.wrong("matter", "", _("没有写事项。"))
        return
    if not all(names) or len(names) > 4 or any(len(each) > LONGEST_NAME for each in names):
        line.wrong(column, own, _("事项最多四级，每级 1 到 60 字。"))
        return
    path = SEPARATOR.join(names)
    if path not in known.matters and len(names) == 1:
        paths = leaves.get(names[0], [])
        if len(paths) > 1:
            line.wrong(column, own, _("有几个同名事项，请写全上级：") + "，".join(paths[:3]))
            return
        path = paths[0] if paths else path
    if path not in known.matters:
        if not known.adds_matters:
            words = _("没有这个事项。请先在“事项”里增加，或者导入时选择自动增加。")
            line.wrong(column, path, words)
            return
    elif not known.matters[path]:
        line.wrong(column, path, _("这个事项已停用。"))
        return
    line.matter = path


def _name(text: str) -> str:
    return " ".join(text.split()).replace(SEPARATOR, "、")


def _read_rest(line: SheetLine, said: Mapping[str, str], known: Known) -> None:
    line.place = place_of(said.get("place", ""))
    if len(line.place) > LONGEST_PLACE:
        line.wrong("place", line.place, _("地点不超过 60 字。"))
    name = said.get("agency", "")
    if name:
        line.agency = _agency(line, "agency", name, known)
    else:
        line.wrong("agency", "", _("没有写主办单位。"))
    for each in _BETWEEN_NAMES.split(said.get("co", "")):
        if each.strip():
            number = _agency(line, "co", each.strip(), known)
            if number is not None and number != line.agency and number not in line.co:
                line.co.append(number)
    line.co.sort()
    line.basis = said.get("basis", "")
    if len(line.basis) > LONGEST_BASIS:
        line.wrong("basis", line.basis, _("依据不超过 200 字。"))
    line.keywords = said.get("keywords", "")
    if len(line.keywords) > LONGEST_WORDS:
        line.wrong("keywords", line.keywords, _("关键词不超过 300 字。"))


def _agency(line: SheetLine, column: str, name: str, known: Known) -> int | None:
    found = known.agencies.get(name, ())
    active = [number for number, is_active in found if is_active]
    if len(active) == 1:
        return active[0]
    if len(active) > 1:
        line.wrong(column, name, _("有几个单位叫这个名字，请写单位编码。"))
    elif found:
        line.wrong(column, name, _("这个单位已停用。"))
    else:
        line.wrong(column, name, _("没有这个单位。请写全称、简称或单位编码。"))
    return None


def called(
    agencies: Iterable[tuple[int, str, str, str, bool]],
) -> dict[str, list[tuple[int, bool]]]:
    """Agencies (number, code, name, short name, whether in use) by what they are called."""
    found: dict[str, list[tuple[int, bool]]] = {}
    for number, code, name, short_name, is_active in agencies:
        for word in {code, name, short_name} - {""}:
            found.setdefault(word, []).append((number, is_active))
    return found
