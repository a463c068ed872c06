"""By sheets in a folder, for where the two networks meet only there (docs/reference/handover.md).

Ours go to `out/`, one file for each act, written whole before it has its name. Theirs are looked for in
`in/`: what was read goes to `done/` when it is kept here, what cannot be read to `bad/` with the reason.
"""

from __future__ import annotations

import csv
import os
from collections.abc import Mapping, Sequence
from pathlib import Path

import httpx
from django.conf import settings
from django.utils.translation import gettext as _

from minxin.core.errors import Refused
from minxin.core.sheets import defused
from minxin.core.uploads import read_upload
from minxin.tickets.models import CityPlatform
from minxin.tickets.platforms.way import (
    BadUpdate,
    Later,
    Listed,
    Parcel,
    Taken,
    Update,
    read_update,
)
from minxin.tickets.rules import gbt39046
from minxin.tickets.rules.handing import STATES

ACT = ("事项", "流水号", "工单编号", "外部编号", "说明", "评价", "时间")
# What their sheet must say, by our fields; others are not read.
UPDATE = {"工单编号": "our_number", "外部编号": "number", "办理状态": "state", "版次": "revision",
          "反馈信息": "reply", "说明": "note"}  # fmt: skip
LISTING = "对账"
MOST_FILES, MOST_ROWS = 50, 5000
_STATE = {name: state for state, name in STATES.items()}


class Folder:
    """See `Way`. The folder is `exchange/<code>` in the installation's own: no address leads out of it."""

    def __init__(
        self, platform: CityPlatform, transport: httpx.BaseTransport | None = None
    ) -> None:
        self._home = Path(settings.MINXIN_HOME) / "exchange" / platform.code
        self._read: list[Path] = []
        for name in ("out", "in", "done", "bad"):
            (self._home / name).mkdir(mode=0o750, parents=True, exist_ok=True)

    def tell(self, parcel: Parcel) -> Taken:
        row = dict.fromkeys(ACT, "") | {
            "事项": parcel.kind,
            "流水号": parcel.key,
            "说明": parcel.text,
            "评价": parcel.level,
            "时间": gbt39046.time_said(parcel.at),
        }
        if parcel.kind == "file":
            row |= dict(parcel.table)
        row |= {"工单编号": parcel.our_number, "外部编号": parcel.their_number}
        name = "".join(char if char.isalnum() or char in "-_" else "-" for char in parcel.key)
        path = self._home / "out" / f"{parcel.at:%Y%m%d%H%M%S}-{name}.csv"
        draft = path.with_suffix(f".{os.getpid()}.part")
        try:
            with draft.open("w", encoding="utf-8-sig", newline="") as file:
                writer = csv.writer(file)
                writer.writerow(row)
                writer.writerow([defused(text) for text in row.values()])
                file.flush()
                os.fsync(file.fileno())
            draft.replace(path)
        except OSError:
            raise Later(_("交换文件夹写不进去，请检查磁盘和权限。")) from None
        return Taken()

    def changes(self, cursor: str) -> tuple[Sequence[Update], str]:
        found: list[Update] = []
        for path in self._waiting()[:MOST_FILES]:
            if path.name.startswith(LISTING):
                continue
            try:
                found += [self._update(row) for row in self._rows(path)]
            except (Refused, BadUpdate, OSError, ValueError) as error:
                self._lay_aside(path, "bad", str(error))
                continue
            self._read.append(path)
        return found, cursor

    def keep(self, cursor: str) -> None:
        while self._read:
            self._lay_aside(self._read.pop(), "done")

    def listing(self) -> Sequence[Listed] | None:
        lists = [path for path in self._waiting() if path.name.startswith(LISTING)]
        if not lists:
            return None
        try:
            rows = self._rows(lists[-1])
        except (Refused, OSError, ValueError) as error:
            self._lay_aside(lists[-1], "bad", str(error))
            return None
        for path in lists:
            self._lay_aside(path, "done")
        return [
            Listed(
                row.get("工单编号", "")[:40],
                row.get("外部编号", "")[:80],
                _STATE.get(row.get("办理状态", ""), row.get("办理状态", ""))[:20],
            )
            for row in rows
            if any(row.values())
        ]

    def _waiting(self) -> list[Path]:
        """Whole files, the oldest name first; what is still being written ends otherwise."""
        return sorted(
            path
            for path in (self._home / "in").iterdir()
            if path.suffix.lower() in {".csv", ".xlsx"} and path.is_file() and not path.is_symlink()
        )

    def _rows(self, path: Path) -> list[Mapping[str, str]]:
        cells = read_upload(path.name, path.read_bytes(), most_rows=MOST_ROWS)[0].rows
        if not cells:
            return []
        names = [text.strip() for text in cells[0]]
        return [dict(zip(names, (text.strip() for text in row), strict=False)) for row in cells[1:]]

    def _update(self, row: Mapping[str, str]) -> Update:
        said: dict[str, object] = {
            UPDATE[name]: text for name, text in row.items() if name in UPDATE
        }
        state = str(said.get("state", ""))
        revision = str(said.get("revision", ""))
        said["state"] = _STATE.get(state, state)
        said["revision"] = int(revision) if revision.isdecimal() else 0
        return read_update(said)

    def _lay_aside(self, path: Path, where: str, why: str = "") -> None:
        target = self._home / where / path.name
        path.replace(target)
        if why:
            target.with_suffix(".txt").write_text(why, encoding="utf-8")
