"""A city's 12345 platform, simulated: it takes tickets by HTTP, has states pressed on a page of its own, calls
back, and can be down, slow, say everything twice, or lie. It imports nothing else of ours, so that what the
two sides agree on is what docs/reference/handover.md says.
"""

import hashlib
import hmac
import html
import json
import secrets
import sqlite3
import threading
import time
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

STATES = {
    "received": "已登记", "dispatched": "已派单", "handling": "办理中", "replied": "已答复",
    "closed": "已办结", "refused": "不予受理",
}  # fmt: skip
PAGE = 50
Answer = tuple[int, dict[str, Any]]


@dataclass(slots=True)
class Faults:
    """What is wrong with it at present."""

    is_down: bool = False
    slow_s: float = 0.0
    says_twice: bool = False
    loses_acks: bool = False  # takes what it is told, and answers 500
    lies: bool = False  # names other states and older revisions
    forgets: set[str] = field(default_factory=set)  # numbers it does not list any more


class Hotline:
    """Its tickets, in a file or in memory. `push` is called with each change, if it is given."""

    def __init__(self, path: Path | None, secret: str) -> None:
        self.faults = Faults()
        self._secret = secret
        self._lock = threading.RLock()
        self._rows = sqlite3.connect(
            path or ":memory:", check_same_thread=False, isolation_level=None
        )
        self._rows.row_factory = sqlite3.Row
        self._rows.executescript(
            "CREATE TABLE IF NOT EXISTS ticket (ours TEXT PRIMARY KEY, number TEXT, state TEXT, reply TEXT,"
            " note TEXT, revision INTEGER, at TEXT, seq INTEGER, fields TEXT);"
            "CREATE TABLE IF NOT EXISTS act (key TEXT PRIMARY KEY, ours TEXT, kind TEXT, text TEXT, at TEXT);"
        )

    # What the other side asks ---------------------------------------------------------------------

    def answer(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """A request (`path` with its query) answered: status and JSON."""
        if self.faults.is_down:
            return 503, {"error": "down"}
        if self.faults.slow_s:
            time.sleep(self.faults.slow_s)
        if not self._is_signed(method, path, headers, body):
            return 401, {"error": "signature"}
        parts = urlsplit(path)
        after = parse_qs(parts.query).get("after", ["0"])[0]
        match method, parts.path.strip("/").split("/"):
            case "POST", ["tickets"]:
                return self._lossy(self._take(json.loads(body)))
            case "POST", ["tickets", ours, "acts"]:
                return self._lossy(self._act(ours, json.loads(body)))
            case "GET", ["changes"]:
                return 200, self._changes(int(after or 0))
            case "GET", ["ledger"]:
                return 200, self._ledger(int(after or 0))
        return 404, {"error": "unknown"}

    def _lossy(self, answer: Answer) -> Answer:
        return (500, {"error": "lost"}) if self.faults.loses_acks else answer

    def _is_signed(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> bool:
        given = {name.lower(): text for name, text in headers.items()}
        moment = given.get("x-minxin-timestamp", "")
        if not moment.isdecimal() or abs(time.time() - int(moment)) > 300:
            return False
        wanted = self.sign(method, path, moment, given.get("x-minxin-nonce", ""), body)
        return hmac.compare_digest(wanted, given.get("x-minxin-signature", ""))

    def sign(self, method: str, path: str, moment: str, nonce: str, body: bytes) -> str:
        """As docs/reference/handover.md says."""
        lines = [method, path, moment, nonce, hashlib.sha256(body).hexdigest()]
        return hmac.new(self._secret.encode(), "\n".join(lines).encode(), "sha256").hexdigest()

    def _take(self, said: dict[str, Any]) -> Answer:
        with self._lock:
            known = self._rows.execute("SELECT 1 FROM act WHERE key=?", [said["key"]]).fetchone()
            there = self.row(said["our_number"])
            if known is None or there is None:
                self._note(said["key"], said["our_number"], "file", "")
                if there is None:
                    number = f"12345-{datetime.now(UTC):%Y%m%d}-{secrets.randbelow(10**6):06d}"
                    self._rows.execute(
                        "INSERT INTO ticket VALUES (?,?,?,?,?,?,?,?,?)",
                        [said["our_number"], number, "received", "", "", 1, _now(), self._next(),
                         json.dumps(said.get("ticket") or {}, ensure_ascii=False)],
                    )  # fmt: skip
            return 200, {"ticket": self.told(said["our_number"])}

    def _act(self, ours: str, said: dict[str, Any]) -> Answer:
        with self._lock:
            if self.row(ours) is None:
                return 404, {"error": "unknown"}
            known = self._rows.execute("SELECT 1 FROM act WHERE key=?", [said["key"]]).fetchone()
            if known is None:
                self._note(said["key"], ours, said["kind"], said.get("text", ""))
                if said["kind"] == "reopen":
                    self.press(ours, "handling", note="市民要求重新办理")
            return 200, {"ticket": self.told(ours)}

    def _note(self, key: str, ours: str, kind: str, text: str) -> None:
        self._rows.execute(
            "INSERT OR IGNORE INTO act VALUES (?,?,?,?,?)", [key, ours, kind, text, _now()]
        )

    def _next(self) -> int:
        return int(self._rows.execute("SELECT coalesce(max(seq),0)+1 FROM ticket").fetchone()[0])

    def _changes(self, after: int) -> dict[str, Any]:
        rows = self._rows.execute(
            "SELECT * FROM ticket WHERE seq>? ORDER BY seq LIMIT ?", [after, PAGE]
        ).fetchall()
        told = [self.told(row["ours"]) for row in rows]
        if self.faults.says_twice:
            told = [each for each in told for _time in range(2)]
        return {"changes": told, "next": str(rows[-1]["seq"] if rows else after)}

    def _ledger(self, after: int) -> dict[str, Any]:
        rows = self._rows.execute(
            "SELECT rowid, * FROM ticket WHERE rowid>? ORDER BY rowid LIMIT ?", [after, PAGE]
        ).fetchall()
        listed = [
            {"our_number": row["ours"], "number": row["number"], "state": self._state(row)}
            for row in rows
            if row["ours"] not in self.faults.forgets
        ]
        return {"tickets": listed, "next": str(rows[-1]["rowid"]) if len(rows) == PAGE else ""}

    def _state(self, row: sqlite3.Row) -> str:
        if not self.faults.lies:
            return str(row["state"])
        return "received" if row["state"] in {"replied", "closed"} else "closed"

    # What is pressed here -------------------------------------------------------------------------

    def row(self, ours: str) -> sqlite3.Row | None:
        """One ticket by the other side's number."""
        found: sqlite3.Row | None = self._rows.execute(
            "SELECT * FROM ticket WHERE ours=?", [ours]
        ).fetchone()
        return found

    def rows(self) -> list[sqlite3.Row]:
        """All, the newest change first."""
        return self._rows.execute("SELECT * FROM ticket ORDER BY seq DESC").fetchall()

    def acts(self, ours: str) -> list[str]:
        """What it was told of a ticket, in order."""
        found = self._rows.execute("SELECT kind FROM act WHERE ours=? ORDER BY rowid", [ours])
        return [row["kind"] for row in found]

    def press(
        self, ours: str, state: str, *, reply: str = "", note: str = "", number: str = ""
    ) -> dict[str, Any]:
        """Let a ticket have another state; what it tells of it then."""
        with self._lock:
            self._rows.execute(
                "UPDATE ticket SET state=?, reply=CASE WHEN ?='' THEN reply ELSE ? END, note=?,"
                " number=CASE WHEN ?='' THEN number ELSE ? END, revision=revision+1, at=?, seq=?"
                " WHERE ours=?",
                [state, reply, reply, note, number, number, _now(), self._next(), ours],
            )
            return self.told(ours)

    def told(self, ours: str) -> dict[str, Any]:
        """What it says of a ticket."""
        row = self.row(ours)
        if row is None:
            return {}
        told = {
            "our_number": row["ours"], "number": row["number"], "state": row["state"],
            "reply": row["reply"], "note": row["note"], "revision": row["revision"], "at": row["at"],
        }  # fmt: skip
        if self.faults.lies:
            told |= {"state": "received", "revision": 1}
        return told


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def call_back(hotline: Hotline, url: str, told: Mapping[str, Any]) -> int:
    """Tell the other side of a change; the HTTP status, 0 when nobody answers."""
    body = json.dumps(told, ensure_ascii=False).encode()
    moment, nonce = str(int(time.time())), secrets.token_hex(16)
    request = urllib.request.Request(url, data=body, method="POST")  # noqa: S310  (our own setting)
    headers = {
        "Content-Type": "application/json",
        "X-Minxin-Timestamp": moment,
        "X-Minxin-Nonce": nonce,
        "X-Minxin-Algorithm": "hmac-sha256",
        "X-Minxin-Signature": hotline.sign("POST", urlsplit(url).path, moment, nonce, body),
    }
    for name, text in headers.items():
        request.add_header(name, text)
    try:
        with urllib.request.urlopen(request, timeout=5) as answer:  # noqa: S310
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return 0


def page(hotline: Hotline) -> str:
    """Its page: tickets with what can be pressed, and what can go wrong."""

    def row(each: sqlite3.Row) -> str:
        options = "".join(
            f'<option value="{state}"{" selected" if state == each["state"] else ""}>{name}</option>'
            for state, name in STATES.items()
        )
        fields = json.loads(each["fields"] or "{}")
        shown = [html.escape(str(text)) for text in (
            each["number"], each["ours"], str(fields.get("内容", ""))[:80], STATES[each["state"]],
            "、".join(hotline.acts(each["ours"])))]  # fmt: skip
        cells = "".join(f"<td>{text}</td>" for text in shown)
        return (
            f'<tr>{cells}<td><form method="post" action="/press">'
            f'<input type="hidden" name="ours" value="{html.escape(each["ours"])}">'
            f'<select name="state" aria-label="状态">{options}</select> '
            '<input name="reply" size="30" placeholder="答复或说明" aria-label="答复或说明"> '
            "<button>更新并通知</button></form></td></tr>"
        )

    faults = hotline.faults
    boxes = "".join(
        f'<label><input type="checkbox" name="{name}"{" checked" if getattr(faults, name) else ""}> {words}'
        "</label> "
        for name, words in (("is_down", "停机"), ("loses_acks", "收下不回执"), ("says_twice", "重复通知"),
                            ("lies", "状态乱报"))
    )  # fmt: skip
    body = (
        "".join(row(each) for each in hotline.rows())
        or '<tr><td colspan="6">还没有转来的诉求。</td></tr>'
    )
    return (
        '<!doctype html><html lang="zh-CN"><meta charset="utf-8"><title>模拟12345平台</title>'
        "<h1>模拟12345平台</h1><p>只在示例城市里使用，用来演示转交模式。</p>"
        f'<form method="post" action="/faults">{boxes}'
        f'<label>迟缓 <input name="slow_s" size="3" value="{faults.slow_s:g}"> 秒</label> <button>设置</button></form>'
        '<table border="1" cellpadding="6"><tr><th>编号</th><th>来源编号</th><th>内容</th><th>状态</th>'
        f"<th>收到的事项</th><th>办理</th></tr>{body}</table></html>"
    )
