"""How long periodic documents take: `python -m tests.reports.periodic 300` plants a city of so many accounts
of thirty units in a database of its own (a file that goes afterwards) and prints seconds for gathering, drafting
and files of its quarterly report, and for the yearly tables of all units."""

import json
import os
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

EVERY_DAY = 92  # evaluations of each account


def main(size: int) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    with tempfile.TemporaryDirectory(prefix="minxin-periodic-") as folder:
        import django

        django.setup()
        from django.core.management import call_command
        from django.db import connections

        connections["default"].close()
        connections.databases["default"]["NAME"] = str(Path(folder) / "city.sqlite3")
        connections["default"].settings_dict["NAME"] = str(Path(folder) / "city.sqlite3")
        call_command("migrate", verbosity=0)
        sys.stdout.write(json.dumps(measured(size)) + "\n")
        connections.close_all()


def measured(size: int) -> dict[str, Any]:
    """Plant, then measure what a press of the button and the worker do."""
    from django.utils import timezone

    from minxin.agencies.models import Staff
    from minxin.reports import actions, queries
    from minxin.reports.layout import as_docx, as_pdf, as_xlsx, pdf_obstacle
    from minxin.reports.models import CountedRow
    from minxin.reports.presets import common

    now = timezone.now()
    took: dict[str, Any] = {"accounts": size}

    def timed(name: str, make: Callable[[], Any]) -> Any:
        began = time.perf_counter()
        made = make()
        took[f"{name}_seconds"] = round(time.perf_counter() - began, 2)
        return made

    root = planted(size, now)
    lead = Staff.objects.get()
    facts = timed(
        "gather",
        lambda: queries.quarter_facts(
            root,
            now.year,
            (now.month - 1) // 3 + 1,
            agency_said=root.name,
            area_said="全市",
            now=now,
        ),
    )
    document = timed(
        "draft",
        lambda: actions.draft_quarter(facts, common("quarter"), agency=root, actor=lead, now=now),
    )
    took["rows"] = CountedRow.objects.count()
    texts = queries.texts_of(document)
    paper = timed("paper", lambda: queries.paper_of(document, texts))
    took["docx_bytes"] = len(timed("docx", lambda: as_docx(paper)))
    sheets = timed("sheets", lambda: queries.sheets_of(document, texts))
    book = timed(
        "xlsx", lambda: as_xlsx(sheets, title=paper.title, author="", made_on=paper.made_on)
    )
    took["xlsx_bytes"] = len(book)
    if why := pdf_obstacle():
        took["pdf"] = why
    else:
        took["pdf_bytes"] = len(timed("pdf", lambda: as_pdf(paper)))
    tables = timed("year_of_all_units", lambda: drafted_tables(root, lead, now))
    took["year_documents"] = len(tables)
    paper = queries.paper_of(tables[0], queries.texts_of(tables[0]))
    timed("year_docx_of_one", lambda: as_docx(paper))
    if not pdf_obstacle():
        timed("year_pdf_of_one", lambda: as_pdf(paper))
    took["seconds"] = round(
        sum(value for key, value in took.items() if key.endswith("_seconds")), 2
    )
    return took


def drafted_tables(root: Any, lead: Any, now: Any) -> list[Any]:
    """The yearly table of each unit below."""
    from minxin.agencies.models import Agency
    from minxin.reports import actions, queries
    from minxin.reports.presets import common

    made = []
    for unit in Agency.objects.filter(parent=root).order_by("pk"):
        facts = queries.year_facts(unit, now.year, agency_said=unit.name, with_below=False, now=now)
        made.append(actions.draft_year(facts, common("year"), agency=unit, actor=lead, now=now))
    return made


def planted(size: int, now: Any) -> Any:
    """Through the rooms' actions where they make one thing, straight into the tables where they would make
    a quarter of days."""
    from minxin.accounts import actions as accounts
    from minxin.agencies import actions as agencies
    from minxin.agencies.rules import Role
    from minxin.supervision.actions.standing import RANKS
    from minxin.supervision.models import Evaluation, Finding, LedgerStep
    from minxin.supervision.rules.clock import Level, day_of
    from tests.reports.periods import KINDS
    from tests.support.city import PASSWORD, SETUP

    def agency(code: str, name: str, parent: Any) -> Any:
        return agencies.add_agency(
            code=code, name=name, parent=parent, region_code="990100", actor=SETUP, now=now
        )

    root = agency("root", "浔武市人民政府办公室", None)
    units = [agency(f"u{n}", f"浔武市第{n}局", root) for n in range(30)]
    lead = agencies.add_staff(
        username="lead", name="黄薇", agency=root, role=Role.SUPERVISOR, password=PASSWORD,
        must_change_password=False, actor=SETUP, now=now,
    )  # fmt: skip
    platforms = ("weibo", "douyin", "toutiao", "kuaishou", "channels")
    made = [
        accounts.register(
            agency=units[n % 30], name=f"浔武账号{n}", platform=platforms[n % 5], actor=SETUP,
            now=now - timedelta(days=100),
        )
        for n in range(size)
    ]  # fmt: skip
    levels = (Level.FRESH, Level.FRESH, Level.NOTICE, Level.ALARM, Level.OVERDUE)
    Evaluation.objects.bulk_create(
        (
            Evaluation(
                account=account, on=day_of(now) - timedelta(days=ago), at=now, grade="AB"[ago % 2],
                level=(level := levels[(account.pk * 7 + ago // 9) % 5]).value, rank=RANKS[level],
                is_latest=ago == 0,
            )
            for account in made
            for ago in range(EVERY_DAY)
        ),
        batch_size=2000,
    )  # fmt: skip
    for n, account in enumerate(made[::4]):
        at = now - timedelta(days=n % 40)
        finding = Finding.objects.create(
            account=account, agency=account.agency, indicator="other", title=KINDS[n % 3],
            severity="veto" if n % 3 == 0 else "major", origin="manual", found_at=at, opened_at=at,
            opened_by=lead, facts={"detail": "最近一条是三周以前的工作动态，之后没有更新。"},
        )  # fmt: skip
        LedgerStep.objects.create(
            finding=finding, position=1, act="open", after="open", at=at, by=lead
        )
    return root


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 300)
