"""How long a notice takes: `python -m tests.reports.notice 300` prints seconds for docx, xlsx and pdf."""

import json
import os
import sys
import time
from collections.abc import Callable
from datetime import date
from typing import Any


def main(size: int) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    import django

    django.setup()
    from minxin.reports.layout import as_docx, as_pdf, as_xlsx, pdf_obstacle
    from minxin.reports.presets import common
    from minxin.reports.rules.composing import compose
    from minxin.reports.rules.notices import annexes, attachments, notice, sheets
    from tests.reports.planted import city

    took: dict[str, float | int | str] = {"accounts": size}

    def measured(name: str, make: Callable[[], Any]) -> Any:
        began = time.perf_counter()
        made = make()
        took[f"{name}_seconds"] = round(time.perf_counter() - began, 2)
        return made

    facts, preset, day = city(size), common(), date(2026, 11, 26)
    paper = measured(
        "draft",
        lambda: compose(
            notice(facts, preset), {}, signed_on=day, attachments=attachments(facts, preset),
            annexes=annexes(facts, preset), made_on=day,
        ),
    )  # fmt: skip
    book = measured(
        "xlsx",
        lambda: as_xlsx(sheets(facts, preset), title=paper.title, author=paper.author, made_on=day),
    )
    took["xlsx_bytes"] = len(book)
    took["docx_bytes"] = len(measured("docx", lambda: as_docx(paper)))
    if why := pdf_obstacle():
        took["pdf"] = why
    else:
        took["pdf_bytes"] = len(measured("pdf", lambda: as_pdf(paper)))
    took["seconds"] = round(
        sum(value for name, value in took.items() if name.endswith("_seconds")),
        2,  # type: ignore[misc]
    )
    sys.stdout.write(json.dumps(took) + "\n")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 300)
