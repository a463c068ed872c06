"""The simulator's state: one SQLite file, small writes, one process."""

import sqlite3
from pathlib import Path
from typing import Any

import msgspec

SCHEMA = """
CREATE TABLE IF NOT EXISTS settings (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS accounts (
  app_id TEXT PRIMARY KEY, position INTEGER NOT NULL, name TEXT NOT NULL, kind TEXT NOT NULL,
  verified INTEGER NOT NULL, principal TEXT NOT NULL, original_id TEXT NOT NULL UNIQUE,
  secret TEXT NOT NULL, token TEXT NOT NULL, aes_key TEXT NOT NULL, mode TEXT NOT NULL,
  format TEXT NOT NULL, callback_url TEXT NOT NULL, oauth_domain TEXT NOT NULL,
  description TEXT NOT NULL, colour TEXT NOT NULL, letter TEXT NOT NULL, menu TEXT,
  created_at REAL NOT NULL
);
CREATE TABLE IF NOT EXISTS citizens (
  id INTEGER PRIMARY KEY AUTOINCREMENT, nickname TEXT NOT NULL, colour TEXT NOT NULL,
  created_at REAL NOT NULL
);
CREATE TABLE IF NOT EXISTS followers (
  app_id TEXT NOT NULL, openid TEXT NOT NULL, citizen INTEGER NOT NULL, is_following INTEGER NOT NULL,
  is_blocked INTEGER NOT NULL DEFAULT 0, followed_at REAL, unfollowed_at REAL,
  subscribe_scene TEXT NOT NULL DEFAULT 'ADD_SCENE_SEARCH', qr_scene TEXT NOT NULL DEFAULT '',
  last_act_at REAL NOT NULL DEFAULT 0, is_typing_until REAL NOT NULL DEFAULT 0,
  read_upto INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (openid), UNIQUE (app_id, citizen)
);
CREATE INDEX IF NOT EXISTS followers_of_account ON followers (app_id, is_following);
CREATE TABLE IF NOT EXISTS windows (
  openid TEXT NOT NULL, cause TEXT NOT NULL, until REAL NOT NULL, left INTEGER NOT NULL,
  PRIMARY KEY (openid, cause)
);
CREATE TABLE IF NOT EXISTS messages (
  id INTEGER PRIMARY KEY AUTOINCREMENT, app_id TEXT NOT NULL, openid TEXT NOT NULL, at REAL NOT NULL,
  sender TEXT NOT NULL, via TEXT, type TEXT NOT NULL, content TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS messages_of_chat ON messages (openid, id);
CREATE TABLE IF NOT EXISTS tokens (
  value TEXT PRIMARY KEY, app_id TEXT NOT NULL, chain TEXT NOT NULL, issued_at REAL NOT NULL,
  expires_at REAL NOT NULL, is_latest INTEGER NOT NULL, is_killed INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX IF NOT EXISTS tokens_of_account ON tokens (app_id, chain, is_latest);
CREATE TABLE IF NOT EXISTS counters (
  app_id TEXT NOT NULL, name TEXT NOT NULL, day TEXT NOT NULL, count INTEGER NOT NULL,
  PRIMARY KEY (app_id, name, day)
);
CREATE TABLE IF NOT EXISTS codes (
  code TEXT PRIMARY KEY, app_id TEXT NOT NULL, openid TEXT NOT NULL, scope TEXT NOT NULL,
  expires_at REAL NOT NULL, is_used INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE IF NOT EXISTS grants (
  access_token TEXT PRIMARY KEY, refresh_token TEXT NOT NULL, app_id TEXT NOT NULL,
  openid TEXT NOT NULL, scope TEXT NOT NULL, expires_at REAL NOT NULL, refresh_until REAL NOT NULL
);
CREATE INDEX IF NOT EXISTS grants_by_refresh ON grants (refresh_token);
CREATE TABLE IF NOT EXISTS consents (
  ticket TEXT PRIMARY KEY, app_id TEXT NOT NULL, openid TEXT NOT NULL, scope TEXT NOT NULL,
  address TEXT NOT NULL, state TEXT NOT NULL, expires_at REAL NOT NULL
);
CREATE TABLE IF NOT EXISTS media (
  media_id TEXT PRIMARY KEY, app_id TEXT NOT NULL, type TEXT NOT NULL, name TEXT NOT NULL,
  content_type TEXT NOT NULL, body BLOB NOT NULL, created_at REAL NOT NULL
);
CREATE TABLE IF NOT EXISTS faults (
  id INTEGER PRIMARY KEY AUTOINCREMENT, app_id TEXT, endpoint TEXT NOT NULL, kind TEXT NOT NULL,
  times_left INTEGER, probability REAL, args TEXT NOT NULL, used INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE IF NOT EXISTS exchanges (
  id INTEGER PRIMARY KEY AUTOINCREMENT, at REAL NOT NULL, app_id TEXT NOT NULL, openid TEXT,
  direction TEXT NOT NULL, name TEXT NOT NULL, status TEXT NOT NULL, tries INTEGER NOT NULL,
  elapsed_ms REAL NOT NULL, detail TEXT NOT NULL
);
"""

Row = sqlite3.Row
KEPT_EXCHANGES = 2000


class Database:
    """A thin face over one connection. Every statement commits by itself and takes microseconds.

    `synchronous=OFF`: a killed process loses nothing, a lost power supply may; this is a simulator.
    """

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._connection.row_factory = sqlite3.Row
        self._connection.execute("PRAGMA journal_mode=WAL")
        self._connection.execute("PRAGMA synchronous=OFF")
        self._connection.execute("PRAGMA busy_timeout=5000")
        self._connection.executescript(SCHEMA)

    def all(self, statement: str, *values: Any) -> list[Row]:
        return self._connection.execute(statement, values).fetchall()

    def one(self, statement: str, *values: Any) -> Row | None:
        found: Row | None = self._connection.execute(statement, values).fetchone()
        return found

    def run(self, statement: str, *values: Any) -> int:
        """Execute; the number of rows that changed."""
        return self._connection.execute(statement, values).rowcount

    def insert(self, table: str, **values: Any) -> int:
        """Insert one row; its row number. `table` and the names come from our code only."""
        names, marks = ", ".join(values), ", ".join("?" * len(values))
        statement = f"INSERT INTO {table} ({names}) VALUES ({marks})"  # noqa: S608
        number = self._connection.execute(statement, tuple(values.values())).lastrowid
        return number or 0

    def value(self, name: str, default: str = "") -> str:
        found = self.one("SELECT value FROM settings WHERE name = ?", name)
        return default if found is None else str(found["value"])

    def keep(self, name: str, value: str) -> None:
        self.run("INSERT OR REPLACE INTO settings (name, value) VALUES (?, ?)", name, value)

    def close(self) -> None:
        self._connection.close()


def to_json(value: Any) -> str:
    """JSON for a column."""
    return msgspec.json.encode(value).decode()


def from_json(text: str) -> Any:
    return msgspec.json.decode(text)
