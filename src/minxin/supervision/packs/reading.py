"""From the values of a file to a pack, or to a sentence that says which line of it is wrong."""

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from minxin.accounts.models import Platform
from minxin.supervision.rules.duties import MATTERS, UNITS
from minxin.supervision.rules.packs import Case, Certainty, Limit, Pack, Severity, Step

KNOWN = frozenset(
    {"id", "title", "version", "indicator", "severity", "certainty", "source", "binds", "evidence",
     "regions", "platforms", "effective_from", "effective_until", "limit", "ladder", "note", "cases",
     "is_confirmed"}
)  # fmt: skip
AFFILIATIONS = frozenset({"government", "party", "mass", "judiciary", "institution", "other"})
PLATFORMS = frozenset(Platform.values)
EVIDENCE = frozenset({"link", "capture", "date_seen", "register"})
COUNTED = frozenset({"update.stale", "account.zombie"})  # rules that count days
LONGEST = 3650


class BadPack(Exception):
    """A file that is no pack; the message is a sentence for who wrote it."""


def read(values: Mapping[str, Any], *, indicators: frozenset[str]) -> Pack:
    """The pack. Raises `BadPack`."""
    if unknown := sorted(set(values) - KNOWN):
        raise BadPack(_("有不认识的项目：%(names)s。") % {"names": "、".join(unknown)})
    pack_id = _text(values, "id")
    if not re.fullmatch(r"[a-z0-9][a-z0-9-]{1,59}", pack_id):
        raise BadPack(_("“id”只能用小写字母、数字和短横线。"))
    indicator = _one_of(_text(values, "indicator"), indicators, "indicator")
    source = values.get("source")
    if not isinstance(source, Mapping):
        raise BadPack(_("缺少“[source]”一节，要写明依据的文件和条款。"))
    first, last = _day(values, "effective_from"), _day(values, "effective_until")
    if first and last and last < first:
        raise BadPack(_("“effective_until”早于“effective_from”。"))
    days, limit, binds_suspended = _limits(values, indicator)
    regions = _texts(values, "regions")
    if wrong := [each for each in regions if not re.fullmatch(r"\d{2,12}", each)]:
        raise BadPack(_("区划代码“%(code)s”应为 2 到 12 位数字。") % {"code": wrong[0]})
    certainty = Certainty(_one_of(_text(values, "certainty"), set(Certainty), "certainty"))
    if certainty is Certainty.LOCAL and not regions:
        raise BadPack(_('地方规则（certainty = "local"）要在“regions”里写明适用的区划代码。'))
    if certainty is Certainty.NATIONAL and regions:
        raise BadPack(_('国家规则（certainty = "national"）不能限定区划，请改成 local。'))
    binds = _texts(values, "binds")
    if not binds:
        raise BadPack(_("缺少“binds”，要写明约束哪些系统的账号。"))
    return Pack(
        id=pack_id,
        title=_text(values, "title"),
        version=_text(values, "version"),
        indicator=indicator,
        severity=Severity(_one_of(_text(values, "severity"), set(Severity), "severity")),
        certainty=certainty,
        document=_text(source, "document"),
        article=_text(source, "article"),
        binds=frozenset(_one_of(each, AFFILIATIONS, "binds") for each in binds),
        evidence=tuple(
            _one_of(each, EVIDENCE, "evidence") for each in _texts(values, "evidence")
        ),
        regions=regions,
        platforms=frozenset(
            _one_of(each, PLATFORMS, "platforms") for each in _texts(values, "platforms")
        ),
        effective_from=first,
        effective_until=last,
        days=days,
        limit=limit,
        is_confirmed=_is_confirmed(values),
        ladder=_ladder(values, indicator, days),
        binds_suspended=binds_suspended,
        note=_text(values, "note") if "note" in values else "",
        cases=_cases(values),
    )  # fmt: skip


def _text(values: Mapping[str, Any], name: str) -> str:
    found = values.get(name)
    if not isinstance(found, str) or not found.strip():
        raise BadPack(_("“%(name)s”要写成一段文字，不能为空。") % {"name": name})
    return found.strip()


def _texts(values: Mapping[str, Any], name: str) -> tuple[str, ...]:
    found = values.get(name, [])
    if not isinstance(found, list) or not all(isinstance(each, str) for each in found):
        raise BadPack(_('“%(name)s”要写成文字的列表，如 ["62"]。') % {"name": name})
    return tuple(found)


def _one_of(value: str, known: Any, name: str) -> str:
    if value not in known:
        raise BadPack(
            _("“%(name)s”的值“%(value)s”不认识，可以写：%(known)s。")
            % {"name": name, "value": value, "known": "、".join(sorted(known))}
        )
    return value


def _day(values: Mapping[str, Any], name: str) -> date | None:
    found = values.get(name)
    if found is None:
        return None
    if not isinstance(found, date) or isinstance(found, datetime):
        raise BadPack(_("“%(name)s”要写成日期，如 2026-01-01，不加引号。") % {"name": name})
    return found


def _days(value: Any, name: str) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= LONGEST:
        raise BadPack(
            _("“%(name)s”要写成 1 到 %(most)s 的整数天数。") % {"name": name, "most": LONGEST}
        )
    return value


def _limits(values: Mapping[str, Any], indicator: str) -> tuple[int | None, Limit | None, bool]:
    """Days of silence, what a duty allows, whether a suspended account is bound."""
    found = values.get("limit", {})
    unit, matters = UNITS.get(indicator), MATTERS.get(indicator, ())
    known = (
        {"suspended"} | ({unit.value} if unit else {"days"}) | ({"matter"} if matters else set())
    )
    if not isinstance(found, Mapping) or set(found) - known:
        raise BadPack(_("“[limit]”里只能写 %(names)s。") % {"names": "、".join(sorted(known))})
    suspended = _one_of(str(found.get("suspended", "bound")), {"bound", "exempt"}, "suspended")
    if unit is not None:
        if unit.value not in found:
            raise BadPack(_("这个指标要在“[limit]”里写明 %(name)s。") % {"name": unit.value})
        amount = _amount(found[unit.value], unit.value)
        matter = _one_of(str(found.get("matter", "")), set(matters), "matter") if matters else ""
        return None, Limit(amount, unit, matter), suspended == "bound"
    is_counted = indicator in COUNTED
    if is_counted != ("days" in found):
        raise BadPack(
            _("这个指标要在“[limit]”里写明 %(name)s。") % {"name": "days"}
            if is_counted
            else _("这个指标不计天数，不要写 days。")
        )
    days = _days(found["days"], "days") if is_counted else None
    return days, None, suspended == "bound"


def _amount(value: Any, name: str) -> int:
    most = 100 if name == "percent" else LONGEST
    if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= most:
        raise BadPack(_("“%(name)s”要写成 1 到 %(most)s 的整数。") % {"name": name, "most": most})
    return value


def _is_confirmed(values: Mapping[str, Any]) -> bool:
    found = values.get("is_confirmed", True)
    if not isinstance(found, bool):
        raise BadPack(_("“is_confirmed”只能写 true 或 false。"))
    return found


def _ladder(
    values: Mapping[str, Any], indicator: str, limit: int | None
) -> tuple[tuple[Step, int], ...]:
    found = values.get("ladder", {})
    if not isinstance(found, Mapping):
        raise BadPack(_("“[ladder]”要写成各级提醒的天数。"))
    if indicator != "update.stale":
        if found:
            raise BadPack(_("这个指标没有逐级提醒，不要写“[ladder]”。"))
        return ()
    if set(found) != set(Step):
        raise BadPack(_("“[ladder]”要写齐四级：%(steps)s。") % {"steps": "、".join(Step)})
    steps = tuple((step, _days(found[step.value], step.value)) for step in Step)
    counts = [days for _step, days in steps]
    if counts != sorted(set(counts)) or (limit is not None and counts[-1] >= limit):
        raise BadPack(_("“[ladder]”的天数要逐级增加，并且都小于 days。"))
    return steps


def _cases(values: Mapping[str, Any]) -> tuple[Case, ...]:
    found = values.get("cases")
    if not isinstance(found, list) or not found:
        raise BadPack(_("至少要有一个“[[cases]]”示例，写明什么情况应得什么结果。"))
    cases = []
    for each in found:
        if not isinstance(each, Mapping):
            raise BadPack(_("“[[cases]]”的写法不对。"))
        given = {name: value for name, value in each.items() if name not in {"title", "expect"}}
        cases.append(Case(_text(each, "title"), given, _text(each, "expect")))
    return tuple(cases)
