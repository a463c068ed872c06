"""The register and the year of `minxin bench supervision`, made up by DuckDB: a documented model.

Every account has a temper, drawn once: one in twelve fell asleep on some day of the year, the others
publish on a share of their days between 3 and 60 in a hundred, half of the tempers below 12. On such a day
one to four items come out, pushed or published. Platforms, places and systems have fixed shares; the draws
are hashes of account and day, so a size makes the same rows every time. Figures are one row per account and
day, zeros included: 36.5 million for a hundred thousand accounts and a year.
"""

from datetime import date, timedelta
from pathlib import Path

from minxin.supervision.figures.engine import Engine

DAYS = 365
TODAY = date(2026, 11, 1)

_ACCOUNTS = """
SELECT
    CAST(n AS INTEGER) AS account_id,
    CAST(hash(n, 'agency') % {agencies} AS INTEGER) AS agency_id,
    ['wechat', 'wechat', 'wechat', 'weibo', 'douyin', 'toutiao', 'channels', 'app', 'kuaishou', 'other']
        [CAST(1 + hash(n, 'platform') % 10 AS BIGINT)] AS platform,
    ['government', 'government', 'government', 'government', 'government', 'government', 'government',
     'party', 'institution', 'mass'][CAST(1 + hash(n, 'system') % 10 AS BIGINT)] AS affiliation,
    ['active', 'active', 'active', 'active', 'active', 'active', 'active', 'active', 'closing',
     'suspended', 'closed', 'planned'][CAST(1 + hash(n, 'status') % 12 AS BIGINT)] AS status,
    ['620100', '620702', '350100', '360734', '520100', '990101', '440300', '510100']
        [CAST(1 + hash(n, 'place') % 8 AS BIGINT)] AS region_code,
    hash(n, 'verified') % 100 < 96 AS is_verified,
    CASE WHEN hash(n, 'filed') % 100 < 93 THEN 'F' || n WHEN hash(n, 'filed') % 100 < 97 THEN '' END
        AS filing_number,
    hash(n, 'holder') % 100 < 5 AS is_named_otherwise,
    hash(n, 'again') % 100 < 2 AS was_closed
FROM range(1, {accounts} + 1) AS r(n)
"""
_TEMPERS = """
SELECT
    account_id,
    CAST(3 + 57 * power((hash(account_id, 'temper') % 10000) / 10000.0, 2.4) AS INTEGER) AS share,
    CASE WHEN hash(account_id, 'sleeper') % 12 = 0
        THEN CAST(DATE '{first}' + CAST(hash(account_id, 'asleep') % {days} AS INTEGER) AS DATE)
        ELSE DATE '9999-12-31' END AS asleep_on
FROM accounts
"""
_FIGURES = """
SELECT
    t.account_id,
    CAST(d.day AS DATE) AS day,
    CAST(CASE WHEN active AND kind % 3 > 0 THEN items ELSE 0 END AS SMALLINT) AS pushed,
    CAST(CASE WHEN active AND kind % 3 = 0 THEN items ELSE 0 END AS SMALLINT) AS published,
    CASE WHEN active THEN 'A' ELSE '' END AS grade
FROM tempers AS t
CROSS JOIN (SELECT unnest(generate_series(DATE '{first}', DATE '{last}', INTERVAL 1 DAY)) AS day) AS d,
LATERAL (
    SELECT
        hash(t.account_id, d.day) % 100 < t.share AND d.day < t.asleep_on AS active,
        hash(t.account_id, d.day, 'kind') AS kind,
        1 + hash(t.account_id, d.day, 'items') % 4 AS items
)
ORDER BY t.account_id, d.day
"""
_LOOKS = """
SELECT
    account_id,
    CAST(DATE '{first}' + CAST(hash(account_id, 'looked') % 200 AS INTEGER) AS DATE) AS looked_from,
    CAST(DATE '{today}' - CAST(hash(account_id, 'until') % 6 AS INTEGER) AS DATE) AS looked_until
FROM accounts
WHERE hash(account_id, 'looks') % 100 < 85
"""


def months() -> list[tuple[date, date]]:
    """First and last day of each stretch that one file holds, up to yesterday."""
    found, first = [], TODAY - timedelta(days=DAYS)
    while first < TODAY:
        following = (first.replace(day=1) + timedelta(days=32)).replace(day=1)
        found.append((first, min(following, TODAY) - timedelta(days=1)))
        first = following
    return found


def tempers(engine: Engine, accounts: int) -> None:
    """The accounts and how each of them publishes, as tables."""
    first = TODAY - timedelta(days=DAYS)
    words = {"accounts": accounts, "agencies": max(accounts // 4, 1), "first": first, "days": DAYS}
    for name, query in (("accounts", _ACCOUNTS), ("tempers", _TEMPERS)):
        engine.connection.execute(f"CREATE OR REPLACE TABLE {name} AS {query.format(**words)}")


def make(engine: Engine, folder: Path, accounts: int) -> int:
    """Write accounts, looks and figures as Parquet below a folder; how many rows of figures."""
    tempers(engine, accounts)
    first = TODAY - timedelta(days=DAYS)
    _write(engine, "SELECT * FROM accounts ORDER BY account_id", folder / "accounts.parquet")
    looks = _LOOKS.format(first=first, today=TODAY)
    _write(engine, f"{looks} ORDER BY account_id", folder / "looks.parquet")
    for since, until in months():
        make_days(engine, folder / "figures" / f"{since:%Y-%m}.parquet", since, until)
    rows = engine.rows(
        f"SELECT count(*) FROM read_parquet('{folder / 'figures' / '*.parquet'}')"  # noqa: S608
    )
    return int(rows[0][0])


def make_days(engine: Engine, path: Path, since: date, until: date) -> None:
    """The figures of some days, in one file; the tempers must have been made."""
    path.parent.mkdir(parents=True, exist_ok=True)
    _write(engine, _FIGURES.format(first=since, last=until), path)


def _write(engine: Engine, words: str, path: Path) -> None:
    engine.connection.execute(f"COPY ({words}) TO '{path}' (FORMAT parquet)")
