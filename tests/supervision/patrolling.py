"""How long a sheet of so many patrol records takes, from the file to the evaluation and back.

    python -m tests.supervision.patrolling 2000

Each line tells of an account of its own, half of which WeChat's figures were asked about. A database of
its own in a temporary folder, with the settings of the product; one line of JSON on stdout, times in
seconds. Fails when the import takes longer than 20 s.
"""

import json
import os
import sys
import tempfile
import time
from datetime import timedelta
from typing import Any

ALLOWED_SECONDS = 20


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 2_000
    with tempfile.TemporaryDirectory(prefix="minxin-patrol-") as home:
        os.environ |= {"MINXIN_HOME": home, "DJANGO_SETTINGS_MODULE": "minxin.site.settings"}
        import django

        django.setup()
        told = measure(count)
    sys.stdout.write(json.dumps(told) + "\n")
    sys.exit(told["seconds"] > ALLOWED_SECONDS)


def measure(count: int) -> dict[str, Any]:
    """Everything a worker does with the sheet."""
    from django.core.management import call_command
    from django.utils import timezone

    from minxin.accounts.actions import undo_sheet
    from minxin.accounts.models import Account
    from minxin.agencies.rules import Role
    from minxin.supervision import actions, patrolling
    from minxin.supervision.models import Evaluation, Trace
    from minxin.supervision.rules.sources import Source
    from tests.accounts.sheets import as_csv
    from tests.supervision.conftest import add
    from tests.supervision.patrol_sheet import TITLES, brought, written
    from tests.supervision.test_patrols import day
    from tests.support.city import build_city

    call_command("migrate", verbosity=0)
    now = timezone.now()
    city = build_city(now)
    Account.objects.bulk_create(
        Account(
            agency=city.water, name=f"云溪第{number}号", platform="weibo", region_code="990100",
            created_at=now, updated_at=now,
        )
        for number in range(count)
    )  # fmt: skip
    for account in Account.objects.filter(platform="weibo")[: count // 2]:
        since = now - timedelta(days=40)
        actions.keep_look(account, Source.ARTICLE_FIGURES, since=since, until=now, now=now)
    supervisor = add("huangwei", "黄薇", Role.SUPERVISOR, city.root, now)
    content = as_csv([
        TITLES,
        *([f"云溪第{number}号", "微博", day(now, number % 20), "标题", f"https://a.example/{number}",
           day(now, 0), "林青"] for number in range(count)),
    ])  # fmt: skip
    began, busy = time.perf_counter(), time.process_time()
    job = brought(content, agency=city.root, actor=supervisor, now=now)
    compared = time.perf_counter()
    written(job, now=now)
    ended, busy = time.perf_counter(), time.process_time() - busy
    assert (job.status, Trace.objects.count()) == ("done", count), job.note
    assert Evaluation.objects.filter(level="fresh").exists()
    undo_sheet(job, actor=supervisor, now=now)
    patrolling.work(job.pk, clock=lambda: now)
    assert not Trace.objects.exists()
    return {
        "rows": count,
        "contradictions": job.found_contradictions,
        "seconds": round(ended - began, 2),
        "processor_seconds": round(busy, 2),
        "compared_seconds": round(compared - began, 2),
        "written_seconds": round(ended - compared, 2),
        "undone_seconds": round(time.perf_counter() - ended, 2),
    }


if __name__ == "__main__":
    main()
