"""`minxin manage compare_answers`: every frozen graded set answered once more; ends with 1 when something got worse."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from minxin.agencies.models import Agency
from minxin.knowledge.index import LiveIndex
from minxin.knowledge.queries.graded import newest_sets
from minxin.knowledge.queries.trials import drift
from minxin.knowledge.rules.trials import Kind

WORDS = {Kind.WORSE: "变差", Kind.BETTER: "变好", Kind.UNKNOWN: "没有评定过", Kind.EQUAL: "一样好"}
NONE = "不答"


class Command(BaseCommand):
    """What another version of this system, or changed knowledge, does to what people graded. Reads only."""

    help = "把定稿的评测集按现在的程序、知识和设置再答一遍，列出与评定时不同的；有变差的以 1 结束。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--agency", default="", help="code of an agency; all of them when left out"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        code = options["agency"]
        agency = Agency.objects.filter(code=code).first() if code else None
        if code and agency is None:
            raise CommandError(f"没有编号为 {code} 的机构。")
        sets = newest_sets(agency.path if agency else "")
        if not sets:
            self.stdout.write("没有定稿的评测集，看不出变好还是变差。")
            return
        index, today, worse = LiveIndex(), timezone.localdate(), 0
        index.build()
        for found in sets:
            at = found.agency
            run = drift(found, index.looking(at.path, on=today, region=at.region_code))
            small = "（样本太小）" if run.is_small else ""
            self.stdout.write(
                f"{at.name}第 {found.number} 版{small}：{run.size} 题，变差 {run.worse}，变好 {run.better}，"
                f"没有评定过 {run.unknown}，不再作答 {run.silenced}，新作答 {run.new}"
            )
            for each in run.differences:
                then = each.then.answer.question if each.then.answer else NONE
                now = each.now.answer.text[:40] if each.now.answer else NONE
                self.stdout.write(
                    f"  {WORDS[each.kind]}\t{each.number}\t{each.text}\t{now!r}\t{then}"
                )
            worse += run.worse
        if worse:
            raise CommandError(f"变差 {worse} 题。")
