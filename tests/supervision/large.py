"""A register of so many accounts with a year behind it: how long nights and pages take.

    python -m tests.supervision.large 100000

A database of its own in a temporary folder, with the settings of the product: a quarter as many units in a
hundred places, an evaluation of every account, findings on one in twenty, two sources that tell of `--days`
days with an item each. Pages are asked for as a browser asks, signed in as the supervisor of everything.
One line of JSON on stdout, times in seconds, `_cpu` the process's own; fails when a page or a night takes more
of the processor than it may (by the clock on the wall it also waits for whatever else the machine does).
"""

import argparse
import json
import os
import random
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

OVERVIEW, ACCOUNT, NIGHT = 1.0, 0.2, 60.0
PLACES = 100
PLATFORMS = ("wechat", "wechat", "wechat", "weibo", "douyin", "toutiao", "channels", "app")
LEVELS = ("fresh",) * 12 + (
    "notice",
    "reminder",
    "alarm",
    "red",
    "overdue",
    "unknown",
    "contradictory",
)
DAY = timedelta(days=1)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("accounts", type=int, nargs="?", default=100_000)
    parser.add_argument(
        "--days", type=int, default=24, help="days with an item, an account and year"
    )
    parser.add_argument("--profile", action="store_true", help="where the overview spends its time")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="minxin-large-") as home:
        os.environ |= {
            "MINXIN_HOME": home, "DJANGO_SETTINGS_MODULE": "minxin.site.settings",
            "MINXIN_LOG_LEVEL": "WARNING",
        }  # fmt: skip
        import django

        django.setup()
        told = measure(given.accounts, given.days, is_profiled=given.profile)
    sys.stdout.write(json.dumps(told) + "\n")
    allowed = {"overview": OVERVIEW, "account_page": ACCOUNT, "night": NIGHT}
    sys.exit(any(told[f"{name}_cpu"] > most for name, most in allowed.items()))


def measure(count: int, days: int, *, is_profiled: bool) -> dict[str, Any]:
    """Plant it, then count and look."""
    from django.core.management import call_command
    from django.db import connection
    from django.test import Client, override_settings
    from django.urls import reverse
    from django.utils import timezone

    from minxin.accounts.models import Account
    from minxin.supervision import counting
    from minxin.supervision.models import Trace
    from minxin.supervision.queries.figures import folder
    from tests.support.city import build_city

    call_command("migrate", verbosity=0)
    now = timezone.now()
    city = build_city(now)
    supervisor = _plant(city, count, days, now)
    connection.cursor().execute("ANALYZE")
    told: dict[str, Any] = {
        "accounts": Account.objects.count(), "traces": Trace.objects.count(),
        "database_mb": round(Path(connection.settings_dict["NAME"]).stat().st_size / 1e6),
    }  # fmt: skip

    def all_of_it() -> None:
        while not counting.count(now=timezone.now()):
            pass

    told |= _timed("backfill", all_of_it)
    told["figures_mb"] = round(sum(p.stat().st_size for p in folder().glob("*.parquet")) / 1e6, 1)
    _tell_one_day(count, now)
    told |= _timed("night", all_of_it)
    told |= _timed("night_without_news", all_of_it)

    with override_settings(ALLOWED_HOSTS=["*"], STORAGES=_plain_storages()):
        desk = Client()
        desk.force_login(supervisor)

        def look(address: str) -> Callable[[], None]:
            def page() -> None:
                assert desk.get(address).status_code == 200

            return page

        numbers = list(Account.objects.order_by("pk").values_list("pk", flat=True))
        somewhere = numbers[len(numbers) // 3]
        pages = {
            "overview": look(reverse("console:overview")),
            "overview_by_unit": look(reverse("console:overview") + "?by=unit"),
            "warnings": look(reverse("console:supervision")),
            "home": look(reverse("console:home")),
            "account_page": look(reverse("console:supervised_account", args=[somewhere])),
        }
        for name, page in pages.items():
            page()  # templates and the like are read the first time
            told |= min((_timed(name, page) for _ in range(3)), key=lambda each: each[name])
        if is_profiled:
            _profile(pages["overview"])
    return told


def _timed(name: str, act: Callable[[], None]) -> dict[str, float]:
    began, used = time.perf_counter(), time.process_time()
    act()
    return {
        name: round(time.perf_counter() - began, 3),
        f"{name}_cpu": round(time.process_time() - used, 3),
    }


def _profile(page: Callable[[], None]) -> None:
    import cProfile
    import pstats

    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as seen:
        page()
    for each in sorted(seen.captured_queries, key=lambda one: -float(one["time"]))[:8]:
        sys.stderr.write(f"{each['time']} {each['sql'][:1500]}\n")
    profiler = cProfile.Profile()
    profiler.runcall(page)
    pstats.Stats(profiler, stream=sys.stderr).sort_stats("cumulative").print_stats(45)


def _plain_storages() -> dict[str, Any]:
    from django.conf import settings

    plain = "django.contrib.staticfiles.storage.StaticFilesStorage"
    return {**settings.STORAGES, "staticfiles": {"BACKEND": plain}}


def _plant(city: Any, count: int, days: int, now: datetime) -> Any:
    from minxin.accounts.models import Account
    from minxin.agencies.actions import add_staff
    from minxin.agencies.models import Agency
    from minxin.agencies.rules import Role
    from minxin.supervision.models import Coverage, Evaluation, Finding
    from tests.support.city import PASSWORD, SETUP

    lot, root = random.Random(8), city.root
    supervisor = add_staff(
        username="large", name="黄薇", agency=root, role=Role.SUPERVISOR, password=PASSWORD,
        must_change_password=False, actor=SETUP, now=now,
    )  # fmt: skip
    first = 1_000
    places = [
        Agency(
            id=first + each, code=f"p{each:03}", name=f"第{each}县", parent=root,
            path=f"{root.path}{first + each}/", region_code=f"9902{each:02}",
        )
        for each in range(PLACES)
    ]  # fmt: skip
    Agency.objects.bulk_create(places, batch_size=500)
    first += PLACES
    units = [
        Agency(
            id=first + each, code=f"u{each:06}", name=f"第{each}局", parent=places[each % PLACES],
            path=f"{places[each % PLACES].path}{first + each}/",
        )
        for each in range(max(count // 4, 1))
    ]  # fmt: skip
    Agency.objects.bulk_create(units, batch_size=500)
    accounts = [
        Account(
            agency=units[each % len(units)], platform=PLATFORMS[lot.randrange(len(PLATFORMS))],
            name=f"第{each}号", is_verified=True, affiliation="government", status="active",
            region_code=places[each % len(units) % PLACES].region_code, created_at=now, updated_at=now,
        )
        for each in range(count)
    ]  # fmt: skip
    Account.objects.bulk_create(accounts, batch_size=500)
    Evaluation.objects.bulk_create(
        [
            Evaluation(
                account=each, on=now.date(), at=now, level=level, rank=LEVELS.index(level),
                before="fresh", last_at=now - DAY, days=1, is_latest=True,
            )
            for each, level in ((a, lot.choice(LEVELS)) for a in accounts)
        ],
        batch_size=500,
    )  # fmt: skip
    Finding.objects.bulk_create(
        [
            Finding(
                account=each, agency_id=each.agency_id, indicator="update.stale", title="超过14天未更新",
                severity="veto", origin="manual", found_at=now, opened_at=now, opened_by=supervisor,
                state=lot.choice(("open", "notified", "closed")),
            )
            for each in accounts[::20]
        ],
        batch_size=500,
    )  # fmt: skip
    Coverage.objects.bulk_create(
        [
            Coverage(
                account=each,
                source="article_figures",
                since=now - 365 * DAY,
                until=now,
                asked_at=now,
            )
            for each in accounts
        ],
        batch_size=500,
    )
    oldest, last = accounts[0].pk, accounts[-1].pk
    for source, kind in (("article_figures", "pushed"), ("published_list", "published")):
        _tell(oldest, last, source, kind, range(days), max(365 // max(days, 1), 1), now - DAY)
    return supervisor


def _tell(
    first: int, last: int, source: str, kind: str, numbers: range, apart: int, at: datetime
) -> None:
    """An item of every account every `apart` days, one second apart from account to account."""
    from django.db import connection, transaction

    told = at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "WITH RECURSIVE days(n) AS (SELECT %s UNION ALL SELECT n + 1 FROM days WHERE n + 1 < %s)"
            " INSERT INTO supervision_trace (account_id, source, kind, published_at, is_day_only, title,"
            " url, external_id, recorded_at)"
            " SELECT a.id, %s, %s, strftime('%%Y-%%m-%%d %%H:%%M:%%S', %s, '-' || (n * %s) || ' days',"
            " '-' || (a.id %% 86400) || ' seconds'), 0, '停水通知', '', %s || n, %s"
            " FROM accounts_account AS a CROSS JOIN days WHERE a.id BETWEEN %s AND %s",
            [
                numbers.start,
                numbers.stop,
                source,
                kind,
                told,
                apart,
                f"{source}-",
                told,
                first,
                last,
            ],
        )


def _tell_one_day(count: int, now: datetime) -> None:
    """What a night finds: one account in five has news of yesterday, from two sources."""
    from minxin.accounts.models import Account

    last = Account.objects.order_by("-pk").values_list("pk", flat=True)[0]
    for source, kind in (("article_figures", "pushed"), ("mass_event", "pushed")):
        _tell(
            last - count // 5,
            last,
            source,
            kind,
            range(9000, 9001),
            0,
            now - 2 * timedelta(hours=1),
        )


if __name__ == "__main__":
    main()
