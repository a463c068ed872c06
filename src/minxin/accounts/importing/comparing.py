"""A sheet beside the register: what is new, what differs, what contradicts, what is missing.

No row is believed blindly. An account is recognised by what its platform or its supervisor gave it
(AppID, 原始ID, 备案号, 平台账号), else by its host, platform and name. Where these disagree a person
decides. An empty cell never erases anything.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from minxin.accounts.importing.columns import ACCOUNT_FIELDS, FILING_FIELDS, NAMED, folded
from minxin.accounts.importing.shapes import (
    Compared,
    Comparison,
    Fault,
    Host,
    Known,
    Plain,
    Plan,
    Register,
)
from minxin.accounts.importing.values import Unclear, cleaned, in_words, is_blank, read_value

DEFAULTS: Mapping[str, Any] = {"kind": "", "is_verified": False, "principal": "government",
                               "positioning": "", "status": "active", "affiliation": "government",
                               "level": "", "app_id": None, "original_id": ""}  # fmt: skip
# What tells one account from all others, in the order in which it is believed.
KEYS = ("app_id", "original_id", "number", "platform_number")


def compare(
    lines: Iterable[tuple[int, Sequence[str]]], register: Register, plan: Plan
) -> Comparison:
    """Compare numbered rows of a sheet (without its titles) with the register. Empty rows are skipped."""
    return _Comparer(register, plan).compare(lines)


def recognise(
    lines: Iterable[tuple[int, Sequence[str]]], register: Register, plan: Plan
) -> Iterator[Compared]:
    """Which account of the register each row tells of, each row for itself: one account may stand in
    several. Empty rows are skipped."""
    comparer = _Comparer(register, plan)
    for number, cells in lines:
        if any(map(str.strip, cells)):
            yield comparer.alone(number, cells)


class _Comparer:
    def __init__(self, register: Register, plan: Plan) -> None:
        self.register, self.plan = register, plan
        self.hosts_by_name: dict[str, list[Host]] = {}
        for host in register.hosts:
            for word in {folded(host.code), folded(host.name), folded(host.short_name)} - {""}:
                self.hosts_by_name.setdefault(word, []).append(host)
        self.hosts = {host.pk: host for host in register.hosts}
        self.by_key: dict[tuple[str, ...], list[Known]] = {}
        self.by_name: dict[tuple[str, str], list[Known]] = {}
        for known in register.accounts:
            for key in _keys(known.values):
                self.by_key.setdefault(key, []).append(known)
            named = (known.values["platform"], folded(known.values["name"]))
            self.by_name.setdefault(named, []).append(known)
        self.seen: dict[tuple[Any, ...], Compared] = {}
        self.matched: set[int] = set()

    def compare(self, lines: Iterable[tuple[int, Sequence[str]]]) -> Comparison:
        rows = [self._row(number, cells) for number, cells in lines if any(map(str.strip, cells))]
        missing = tuple(
            known
            for known in self.register.accounts
            if known.pk not in self.matched and known.values["status"] != "closed"
        )
        return Comparison(tuple(rows), missing)

    def alone(self, number: int, cells: Sequence[str]) -> Compared:
        """One row, whatever the others say."""
        self.seen.clear()
        return self._row(number, cells)

    # One row ---------------------------------------------------------------------------------

    def _row(self, number: int, cells: Sequence[str]) -> Compared:
        row = Compared(number)
        values, texts = self._read(row, cells)
        row.name = str(values.get("name", ""))
        row.platform = str(values.get("platform", ""))
        host = self._host(row, values, texts)
        row.host = host.pk if host else None
        found = self._find(row, values, host)
        if found is not None:
            row.account, row.host = found.pk, row.host or found.values["agency"]
            row.platform = row.platform or found.values["platform"]
            row.name = row.name or found.values["name"]
            self.matched.add(found.pk)
        self._compare_with_the_rows_before(row, values)
        if not row.name and not _is_faulty(row, "name"):
            _wrong(row, "name", "", _("没有写账号名称。"))
        if found is not None:
            self._change(row, found, values)
        else:
            self._add(row, values)
        row.is_acceptable = row.is_acceptable and len(row.faults) == 1
        return row

    def _read(self, row: Compared, cells: Sequence[str]) -> tuple[Plain, dict[str, str]]:
        values: Plain = {}
        texts: dict[str, str] = {}
        for name, cell in zip(self.plan.columns, cells, strict=False):
            text = cleaned(cell)
            if not name or is_blank(name, text):
                continue
            texts[name] = text
            try:
                values[name] = read_value(name, text)
            except Unclear as unclear:
                _wrong(row, name, text, str(unclear))
        platform, _dot, kind = str(values.get("platform", "")).partition("·")
        if platform:
            values["platform"] = platform
        elif self.plan.platform and "platform" not in texts:
            values["platform"] = self.plan.platform
        if kind:
            values.setdefault("kind", kind)
        if values.get("platform", "wechat") != "wechat":
            values.pop("kind", None)
        return values, texts

    def _host(self, row: Compared, values: Plain, texts: Mapping[str, str]) -> Host | None:
        """The host a row names; None when it names none, or one that cannot be."""
        for name in ("agency_code", "agency"):
            said = values.get(name)
            if not said:
                continue
            found = self.hosts_by_name.get(folded(said), [])
            if name == "agency_code":
                found = [host for host in found if folded(host.code) == folded(said)]
            living = [host for host in found if host.is_active]
            if len(living) == 1:
                return living[0]
            if living:
                message = _("有 %(count)s 个同名单位，请在“主办单位编码”一列写明编码。")
                _doubt(row, name, texts[name], message % {"count": len(living)})
            elif found:
                _doubt(row, name, texts[name], _("这个单位已经撤销（停用），请写现在的主办单位。"))
            else:
                message = _("没有这个主办单位，或者您不能为它登记账号。")
                _doubt(row, name, texts[name], message)
            return None
        return None

    def _find(self, row: Compared, values: Plain, host: Host | None) -> Known | None:
        """The account of the register that a row tells of."""
        by_key: dict[int, tuple[Known, str]] = {}
        for key in _keys(values):
            for known in self.by_key.get(key, ()):
                by_key.setdefault(known.pk, (known, key[0]))
        if len(by_key) > 1:
            (one, first), (other, second) = list(by_key.values())[:2]
            message = _("%(first)s是台账中“%(one)s”的，%(second)s却是“%(other)s”的。")
            _doubt(row, second, str(values.get(second, "")), message % {
                "first": NAMED[first].title, "one": one.values["name"],
                "second": NAMED[second].title, "other": other.values["name"],
            })  # fmt: skip
            return None
        for known, key_name in by_key.values():
            said = values.get("name")
            if said and folded(said) != folded(known.values["name"]):
                message = _(
                    "%(key)s相同的账号在台账中名为“%(name)s”。如果已经更名，请选择按表格写入。"
                )
                said_words = {"key": NAMED[key_name].title, "name": known.values["name"]}
                _doubt(row, "name", said, message % said_words)
                row.is_acceptable = True
            return known
        named = self.by_name.get((str(values.get("platform", "")), folded(row.name)), [])
        if not row.name or not named:
            return None
        # Without a host of its own a row belongs to the agency the sheet was brought in for, unless
        # only one account bears its name.
        own = [known for known in named if host and known.values["agency"] == host.pk]
        if own or host is None:
            own = own or named
            if len(own) > 1:
                here = [known for known in own if known.values["agency"] == self.plan.host]
                own = here if len(here) == 1 else own
            if len(own) > 1:
                message = _(
                    "台账中有 %(count)s 个同平台同名的账号，请补上原始ID、备案号或主办单位。"
                )
                _doubt(row, "name", row.name, message % {"count": len(own)})
                return None
            return own[0]
        names = "、".join(self._host_name(known.values["agency"]) for known in named[:3])
        message = _("台账中同平台同名账号的主办单位是%(names)s。如果已经移交，请选择按表格写入。")
        _doubt(row, "agency", host.name, message % {"names": names})
        row.is_acceptable = len(named) == 1
        return named[0] if len(named) == 1 else None

    def _host_name(self, pk: int) -> str:
        host = self.hosts.get(pk)
        return host.name if host else "—"

    def _compare_with_the_rows_before(self, row: Compared, values: Plain) -> None:
        marks: list[tuple[Any, ...]] = [*_keys(values)]
        if row.account is not None:
            marks.append(("account", row.account))
        if row.name and not _is_faulty(row, "agency", "agency_code"):
            marks.append(("name", row.host or self.plan.host, row.platform, folded(row.name)))
        for mark in marks:
            first = self.seen.setdefault(mark, row)
            if first is row:
                continue
            row.is_acceptable = first.is_acceptable = False
            if folded(first.name) == folded(row.name):
                message = _("与第 %(row)s 行重复。")
                _doubt(row, "name", row.name, message % {"row": first.row})
            else:
                message = _("与第 %(row)s 行“%(name)s”是同一个账号（%(key)s相同），名称却不同。")
                for one, other in ((row, first), (first, row)):
                    _doubt(one, "name", one.name, message % {
                        "row": other.row, "name": other.name, "key": _mark_words(mark),
                    })  # fmt: skip
            return

    # What would be written ---------------------------------------------------------------------

    def _change(self, row: Compared, known: Known, values: Plain) -> None:
        wanted = {
            name: values[name] for name in (*ACCOUNT_FIELDS, *FILING_FIELDS) if name in values
        }
        if (code := self._region(row, values)) is not None:
            wanted["region_code"] = code
        else:
            wanted.pop("region_code", None)
        if row.host is not None:
            wanted["agency"] = row.host
        for name, value in wanted.items():
            if known.values.get(name) != value:
                row.before[name], row.after[name] = known.values.get(name), value
        self._ensure_may_become(row, known)
        whole = {**known.values, **row.after}
        _ensure_agrees(row, whole, self.register.today)

    def _ensure_may_become(self, row: Compared, known: Known) -> None:
        after = row.after
        if "platform" in after:
            message = _("台账中这个账号在“%(platform)s”。平台不能改，请核对是不是另一个账号。")
            said = {"platform": in_words("platform", known.values["platform"])}
            _doubt(row, "platform", in_words("platform", after["platform"]), message % said)
        if "app_id" in after and known.values.get("app_id"):
            message = _("AppID与台账不同。AppID在账号的“凭据”页修改。")
            _doubt(row, "app_id", after["app_id"], message)
        elif after.get("app_id") in self.register.app_ids_elsewhere:
            _doubt(row, "app_id", after["app_id"], _("这个AppID已登记在另一个账号名下。"))
        if after.get("status") == "closed":
            _doubt(
                row, "status", in_words("status", "closed"), _("注销要说明原因，请在账号页办理。")
            )
        elif "status" in after and known.values["status"] == "closed":
            message = _("台账中这个账号已经注销。重新开设须另行备案登记。")
            _doubt(row, "status", in_words("status", after["status"]), message)

    def _add(self, row: Compared, values: Plain) -> None:
        if not row.platform and not _is_faulty(row, "platform"):
            _wrong(row, "platform", "", _("没有写平台，也没有选择默认的平台。"))
        if row.platform == "wechat" and not values.get("kind"):
            values["kind"] = self.plan.kind
        if not _is_faulty(row, "agency", "agency_code"):
            row.host = row.host or self.plan.host
        host = self.hosts.get(row.host or 0)
        code = self._region(row, values)
        known = {name: values[name] for name in (*ACCOUNT_FIELDS, *FILING_FIELDS) if name in values}
        default_region = host.region_code if host else ""
        row.after = {**DEFAULTS, **known, "agency": row.host, "region_code": code or default_region}
        if values.get("app_id") in self.register.app_ids_elsewhere:
            _doubt(row, "app_id", values["app_id"], _("这个AppID已登记在另一个账号名下。"))
        _ensure_agrees(row, row.after, self.register.today)

    def _region(self, row: Compared, values: Plain) -> str | None:
        said = values.get("region_code")
        if not said:
            return None
        code = self.register.regions.get(folded(said))
        if code is None:
            _doubt(row, "region_code", said, _("没有这个区划，请写区划代码或全称。"))
        return code


def _keys(values: Mapping[str, Any]) -> Iterator[tuple[str, ...]]:
    """What tells this account from all others, as it was written."""
    for name in KEYS:
        if value := values.get(name):
            place = (str(values.get("platform", "")),) if name == "platform_number" else ()
            yield name, *place, folded(str(value))


def _mark_words(mark: tuple[Any, ...]) -> str:
    return str(NAMED[mark[0]].title) if mark[0] in NAMED else _("台账中的账号")


def _ensure_agrees(row: Compared, whole: Mapping[str, Any], today: date) -> None:
    """What cannot hold together, as the forms of the console refuse it."""
    if whole.get("platform") == "wechat" and not whole.get("kind"):
        message = _("没有写明是公众号还是服务号，也没有选择默认的类型。")
        _wrong(row, "kind", "", message)
    is_certified = whole.get("platform") == "wechat" and whole.get("is_verified")
    if is_certified and whole.get("principal") == "person":
        _wrong(row, "principal", in_words("principal", "person"), _("个人主体的账号不能认证。"))
    opened, closed = whole.get("opened_on"), whole.get("closed_on")
    if opened and closed and closed < opened:
        _wrong(row, "closed_on", str(closed), _("注销日期不能早于开设日期。"))
    updated = row.after.get("updated_on")
    if updated and updated > today.isoformat():
        _wrong(row, "updated_on", updated, _("最近更新的日期不能晚于今天。"))


def _is_faulty(row: Compared, *columns: str) -> bool:
    return any(fault.column in columns for fault in row.faults)


def _wrong(row: Compared, column: str, value: str, message: str) -> None:
    row.faults.append(Fault(column, value, message))


def _doubt(row: Compared, column: str, value: str, message: str) -> None:
    row.faults.append(Fault(column, value, message, is_conflict=True))
