"""`minxin manage retrain_router`: the router learns from the city's own history."""

import unicodedata
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from minxin.agencies.models import Staff
from minxin.core.actors import System
from minxin.core.errors import Refused
from minxin.tickets import router_training
from minxin.tickets.actions.router import adopt_router, begin_training
from minxin.tickets.models import RouterModel

ROWS = {"without": "只按规则和清单", "former": "使用中的模型", "new": "新模型"}
FIGURES = ("macro_f1", "accuracy", "ece", "coverage_at_98")


class Command(BaseCommand):
    """Trains, prints the table of before and after, adopts only when it is told to, in a person's name."""

    help = "用本地历史训练分派模型，打印前后对比；只有加 --adopt 才启用。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--data", type=Path, help="a set of labelled messages to learn from too"
        )
        parser.add_argument("--adopt", action="store_true", help="use it from now on")
        parser.add_argument("--by", help="the user name of who adopts it")
        parser.add_argument("--reason", default="", help="why it is adopted")

    def handle(self, *args: Any, **options: Any) -> None:
        who = self._person(options) if options["adopt"] else None
        data: Path | None = options["data"]
        try:
            job = begin_training(
                has_data=data is not None, actor=System("retrain_router"), now=timezone.now()
            )
        except Refused as refusal:
            raise CommandError(refusal.message) from refusal
        router_training.work(job.pk, data=data)
        job.refresh_from_db()
        self._tell(job)
        if job.status != RouterModel.Status.READY:
            raise CommandError(job.note or job.get_status_display())
        if who is None:
            self.stdout.write("没有启用。要启用，请在工作台“分派模型”里采用，或者加 --adopt。")
            return
        try:
            adopt_router(job, reason=options["reason"], actor=who, now=timezone.now())
        except Refused as refusal:
            raise CommandError(refusal.message) from refusal
        self.stdout.write(f"已启用，采用人 {who.name}。")

    def _person(self, options: dict[str, Any]) -> Staff:
        who = Staff.objects.filter(username=options["by"] or "", is_active=True).first()
        if who is None:
            raise CommandError("采用模型要写明是谁：--adopt --by 用户名 --reason 理由。")
        return who

    def _tell(self, job: RouterModel) -> None:
        report = job.report
        if table := report.get("table"):
            self.stdout.write(_padded("", 18) + "".join(name.rjust(16) for name in FIGURES))
            for row in table:
                cells = ("—" if row[name] is None else f"{row[name]:.4f}" for name in FIGURES)
                line = "".join(cell.rjust(16) for cell in cells)
                self.stdout.write(_padded(ROWS[row["name"]], 18) + line)
            self.stdout.write(f"对比用的是没有学过的 {table[-1]['judged']} 件，近似的归在一组。")
        for each in report.get("agencies", []):
            lacks = f"，还差 {each['missing']} 件" if each["missing"] else ""
            self.stdout.write(f"{each['agency']}：{each['examples']} 件{lacks}")
        for label, count in report.get("unknown", {}).items():
            self.stdout.write(f"没有对应的单位，没有用上：{label} {count} 件")


def _padded(text: str, width: int) -> str:
    """Text as wide as so many Latin characters."""
    wide = sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)
    return text + " " * max(width - wide, 0)
