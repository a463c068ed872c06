"""`minxin manage load_taxonomy FILE`: the national taxonomy of petitions into the matters."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from minxin.core.actors import System
from minxin.core.errors import Refused
from minxin.tickets.actions.matters import load_taxonomy
from minxin.tickets.taxonomy_sheets import read_taxonomy


class Command(BaseCommand):
    """Loads a sheet whose columns are 一级分类, 二级分类, 三级分类."""

    help = (
        "把国家信访事项分类（一级、二级、三级三列的 CSV 或 xlsx）载入“事项”；重复载入只增加新的。"
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="the sheet")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        try:
            rows = read_taxonomy(path.name, path.read_bytes())
            loaded = load_taxonomy(rows, actor=System("load_taxonomy"), now=timezone.now())
        except OSError as error:
            raise CommandError(f"读不了 {path}：{error.strerror}。") from error
        except Refused as refusal:
            raise CommandError(refusal.message) from refusal
        self.stdout.write(f"增加 {loaded.added} 个事项，原有 {loaded.known} 个。")
