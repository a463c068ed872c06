"""Writing the rows of a confirmed sheet, and taking them back: a few at a time, in short transactions.

Nothing is overwritten that is not as the comparison saw it; nothing is taken back that somebody
changed since. Each row keeps what it replaced: that is the record behind the one audit entry.

It makes no filings (备案) and passes by the actions that do: a sheet tells of accounts that have long been
running under these names and hosts, and ten thousand filings to do would help nobody. What lacks its
filing number is told by the rule `account.unfiled`.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import F, ProtectedError
from django.utils.translation import gettext as _

from minxin.accounts.actions.importing import State
from minxin.accounts.actions.sheet_jobs import hold
from minxin.accounts.importing.columns import ACCOUNT_FIELDS, DATES, FILING_FIELDS, NAMED, folded
from minxin.accounts.models import Account, Filing, ImportedRow, RegisterImport
from minxin.accounts.queries.imports import values_of
from minxin.accounts.quotas import size_anew

CHUNK = 20  # rows in one transaction
CHUNK_UNDONE = 10  # taking back new accounts looks through every table that may hang on them
_SIZES = frozenset({"kind", "is_verified", "principal"})


def advance_register_import(
    job: RegisterImport, rows: Sequence[ImportedRow], *, token: str, now: datetime
) -> bool:
    """Write the next few rows for a holder; False when somebody has asked to stop."""
    with transaction.atomic():
        hold(job, token, now)
        fresh = [row for row in rows if row.account_id is None]
        known = [row for row in rows if row.account_id is not None]
        _add(fresh, now)
        _change(known, now)
        ImportedRow.objects.bulk_create(
            rows,
            update_conflicts=True,
            unique_fields=["id"],
            update_fields=["state", "note", "account"],
        )
    job.refresh_from_db(fields=["stop_requested_at", "status"])
    return job.stop_requested_at is None


def undo_rows(
    job: RegisterImport, rows: Sequence[ImportedRow], *, token: str, now: datetime
) -> bool:
    """Take the next few rows back for a holder; False when somebody has asked to stop."""
    with transaction.atomic():
        hold(job, token, now)
        found = values_of([row.account_id for row in rows if row.account_id])
        fresh: list[ImportedRow] = []
        for row in rows:
            values = found.get(row.account_id or 0)
            row.state, row.note = State.LEFT, ""
            if values is None:
                row.note = _("账号已经不在台账里。")
            elif other := _changed_since(_left_by(row), values):
                names = "、".join(_title(name) for name in other)
                row.note = (_("导入之后有人改过%(names)s，没有改回。") % {"names": names})[:300]
            elif row.before:
                _write(row.account_id or 0, row.before, now)
                row.state = State.UNDONE
            else:
                fresh.append(row)
        _remove(fresh)
        ImportedRow.objects.bulk_create(
            rows,
            update_conflicts=True,
            unique_fields=["id"],
            update_fields=["state", "note", "account"],
        )
    job.refresh_from_db(fields=["stop_requested_at", "status"])
    return job.stop_requested_at is None


# New accounts ----------------------------------------------------------------------------------


def _add(rows: Sequence[ImportedRow], now: datetime) -> None:
    if not rows:
        return
    taken = _taken(rows)
    good: list[tuple[ImportedRow, Account]] = []
    for row in rows:
        if any(mark in taken for mark in _marks(row.after)):
            row.state = State.KEPT
            row.note = _("比对之后已有人登记了这个账号，请重新导入。")
            continue
        values = {name: row.after[name] for name in ACCOUNT_FIELDS if name in row.after}
        account = Account(**values, agency_id=row.after["agency"], created_at=now, updated_at=now)
        good.append((row, account))
        row.state = State.WRITTEN
    Account.objects.bulk_create(account for _row, account in good)
    for row, account in good:
        row.account = account
    Filing.objects.bulk_create(
        Filing(account=account, **_columns(row.after, FILING_FIELDS))
        for row, account in good
        if any(row.after.get(name) for name in FILING_FIELDS)
    )


def _taken(rows: Sequence[ImportedRow]) -> set[tuple[Any, ...]]:
    """The marks of accounts of these names and keys that are there by now."""
    names = {row.after["name"] for row in rows}
    app_ids = {row.after["app_id"] for row in rows if row.after.get("app_id")}
    originals = {row.after["original_id"] for row in rows if row.after.get("original_id")}
    marks: set[tuple[Any, ...]] = set()
    there = Account.objects.filter(name__in=names) | Account.objects.filter(app_id__in=app_ids)
    if originals:
        there |= Account.objects.filter(original_id__in=originals)
    for values in there.values("agency", "platform", "name", "app_id", "original_id"):
        marks.update(_marks(values))
    return marks


def _marks(values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    marks: list[tuple[Any, ...]] = [
        (values["agency"], values["platform"], folded(values["name"])),
    ]
    marks += [(key, values[key]) for key in ("app_id", "original_id") if values.get(key)]
    return marks


# Known accounts --------------------------------------------------------------------------------


def _change(rows: Sequence[ImportedRow], now: datetime) -> None:
    ids = [row.account_id for row in rows if row.account_id]
    list(Account.objects.select_for_update().filter(pk__in=ids).values_list("pk"))
    found = values_of(ids)
    for row in rows:
        values = found.get(row.account_id or 0)
        if values is None or _changed_since(row.before, values):
            row.state, row.note = State.KEPT, _("比对之后有人改过这个账号，没有覆盖，请重新导入。")
            continue
        _write(row.account_id or 0, row.after, now)
        row.state = State.WRITTEN


def _changed_since(expected: Mapping[str, Any], values: Mapping[str, Any]) -> list[str]:
    """The fields that are not as expected; nothing and an empty text are the same."""
    return [name for name, value in expected.items() if (values.get(name) or "") != (value or "")]


def _left_by(row: ImportedRow) -> dict[str, Any]:
    """The values as the import left them: of a new account all, also the empty ones."""
    empty = dict.fromkeys((*ACCOUNT_FIELDS, *FILING_FIELDS)) if row.outcome == "new" else {}
    return {**empty, **row.after}


def _write(account_id: int, values: Mapping[str, Any], now: datetime) -> None:
    """Give an account these plain values; every process reads its settings again."""
    own = _columns(values, ACCOUNT_FIELDS)
    if "agency" in values:
        own["agency_id"] = values["agency"]
    there = Account.objects.filter(pk=account_id)
    there.update(**own, updated_at=now, revision=F("revision") + 1)
    if _SIZES & set(own):
        size_anew(Account.objects.defer("secret", "token", "aes_key").get(pk=account_id))
    filed = _columns(values, FILING_FIELDS)
    if filed and not Filing.objects.filter(pk=account_id).update(**filed):
        Filing.objects.create(account_id=account_id, **filed)


def _columns(values: Mapping[str, Any], names: Sequence[str]) -> dict[str, Any]:
    """Plain values as the tables have them."""
    found = {}
    for name in names:
        if name in values:
            value = values[name]
            found[name] = (date.fromisoformat(value) if value else None) if name in DATES else value
    return found


# Taking back -----------------------------------------------------------------------------------


def _remove(rows: Sequence[ImportedRow]) -> None:
    """Take new accounts out again, but those with which something was done since."""
    ids = [row.account_id for row in rows if row.account_id]
    unused = set(Account.objects.filter(pk__in=ids, revision=1).values_list("pk", flat=True))
    for row in rows:
        if row.account_id not in unused:
            row.note = _("导入之后有人用过这个账号，没有删除。")
    going = [row for row in rows if row.account_id in unused]
    if _are_gone(going):
        return
    for row in going:  # what hangs on one must not keep the others
        if not _are_gone([row]):
            row.note = _("这个账号已有更新记录、证据、备案或诉求，没有删除。")


def _are_gone(rows: Sequence[ImportedRow]) -> bool:
    """Delete their accounts all together; False, and none is, where something of value hangs on one."""
    try:
        with transaction.atomic():
            Account.objects.filter(pk__in=[row.account_id for row in rows]).delete()
    except ProtectedError:
        return False
    for row in rows:
        row.state, row.account = State.UNDONE, None
    return True


def _title(name: str) -> str:
    return str(NAMED[name].title)
