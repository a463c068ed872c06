"""Presets of how long putting a problem right may take: the one shipped here, and those of this installation.

An own file lies under MINXIN_HOME/terms and takes the place of the shipped one with its id; what is no
preset holds nowhere and is told in words (`minxin.W005`). No national document sets these days.
"""

import functools
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from minxin.supervision.packs import Fault, stamp
from minxin.supervision.rules.packs import Certainty, Severity
from minxin.supervision.rules.terms import Terms, terms_for

SHIPPED = Path(__file__).parent / "packs" / "terms"
FOLDER = "terms"
KNOWN = frozenset(
    {"id", "title", "certainty", "document", "note", "regions", "requirement", "working_days"}
)
LONGEST = 250


class BadTerms(Exception):
    """A file that is no preset; the message is a sentence for who wrote it."""


def presets() -> tuple[tuple[Terms, ...], tuple[Fault, ...]]:
    """All presets, and what is wrong with other files; read again when a file changed."""
    own = Path(settings.MINXIN_HOME) / FOLDER
    return _read_all(stamp(SHIPPED), stamp(own))


def terms_of(region_code: str) -> Terms:
    """The nearest preset of a region; the shipped one holds everywhere."""
    found = terms_for(presets()[0], region_code)
    assert found is not None  # noqa: S101  (an own file can replace the shipped one, not remove it)
    return found


@functools.lru_cache(maxsize=4)
def _read_all(
    *folders: tuple[tuple[str, int, int], ...],
) -> tuple[tuple[Terms, ...], tuple[Fault, ...]]:
    found: dict[str, Terms] = {}
    faults = []
    for folder in folders:
        for name, _time, _size in folder:
            path = Path(name)
            try:
                terms = load(path)
            except BadTerms as error:
                faults.append(Fault(path.name, str(error)))
                continue
            shipped = found.get(terms.id)
            if shipped is not None and not shipped.regions and terms.regions:
                words = _("编号“%(id)s”适用于各地，代替它的预设不能限定区划，请另取编号。")
                faults.append(Fault(path.name, words % {"id": terms.id}))
                continue
            found[terms.id] = terms
    return tuple(found.values()), tuple(faults)


def load(path: Path) -> Terms:
    """One file. Raises `BadTerms` in words."""
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise BadTerms(_("文件读不出来，请用 UTF-8 编码保存。")) from error
    except tomllib.TOMLDecodeError as error:
        raise BadTerms(_("不是正确的 TOML 格式：%(error)s") % {"error": error}) from error
    return read(values)


def read(values: Mapping[str, Any]) -> Terms:
    """The preset. Raises `BadTerms`."""
    if unknown := sorted(set(values) - KNOWN):
        raise BadTerms(_("有不认识的项目：%(names)s。") % {"names": "、".join(unknown)})
    texts = {name: str(values.get(name, "")).strip() for name in ("id", "title", "requirement")}
    for name, text in texts.items():
        if not text:
            raise BadTerms(_("“%(name)s”要写成一段文字，不能为空。") % {"name": name})
    if not re.fullmatch(r"[a-z0-9][a-z0-9-]{1,59}", texts["id"]):
        raise BadTerms(_("“id”只能用小写字母、数字和短横线。"))
    certainty, regions = values.get("certainty"), values.get("regions", [])
    if certainty not in set(Certainty):
        raise BadTerms(_("“certainty”要写 national、local 或 proposed。"))
    if not isinstance(regions, list) or not all(
        isinstance(each, str) and re.fullmatch(r"\d{2,12}", each) for each in regions
    ):
        raise BadTerms(_("“regions”要写成区划代码的列表，每个 2 到 12 位数字。"))
    if (certainty == Certainty.LOCAL) != bool(regions):
        raise BadTerms(_("地方做法要在“regions”里写明适用的区划代码，别的不能限定区划。"))
    return Terms(
        **texts,
        certainty=Certainty(certainty),
        days=_days(values.get("working_days")),
        document=str(values.get("document", "")).strip(),
        note=str(values.get("note", "")).strip(),
        regions=tuple(regions),
    )


def _days(given: Any) -> dict[Severity, int]:
    if not isinstance(given, Mapping) or set(given) != set(Severity):
        raise BadTerms(_("“[working_days]”要写齐 veto、major、minor 三项。"))
    for count in given.values():
        if not isinstance(count, int) or isinstance(count, bool) or not 0 <= count <= LONGEST:
            raise BadTerms(_("工作日要写成 0 到 %(most)s 的整数。") % {"most": LONGEST})
    return {each: int(given[each.value]) for each in Severity}
