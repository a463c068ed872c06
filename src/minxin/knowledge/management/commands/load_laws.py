"""`minxin manage load_laws FILE --agency CODE`: statutes, one JSON object with title and text a line."""

import json
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from minxin.agencies.models import Agency
from minxin.core.actors import System
from minxin.core.errors import Refused
from minxin.knowledge.actions.documents import DocumentDraft, add_document, publish_document
from minxin.knowledge.models import Document
from minxin.text.documents import passages, propose, read

_NO_ISSUER = "（未注明）"


class Command(BaseCommand):
    """Loads and publishes; what is there already stays as it is, so a load that broke off is repeated."""

    help = "载入法律法规（每行一个 JSON：title、text），切成条、款、项并发布；重复载入不改变已有的文件。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="the file, JSON lines")
        parser.add_argument("--agency", required=True, help="code of the agency that keeps them")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        agency = Agency.objects.filter(code=options["agency"]).first()
        if agency is None:
            raise CommandError(f"没有编号为 {options['agency']} 的机构。")
        begun, added, known, pieces_kept, drafts, wrong = time.monotonic(), 0, 0, 0, 0, 0
        try:
            # Not `splitlines`: a text may hold what it takes for the end of a line.
            lines = path.read_bytes().split(b"\n")
        except OSError as error:
            raise CommandError(f"读不了 {path}。") from error
        for number, line in enumerate(lines, 1):
            if not line.strip():
                continue
            try:
                text = str(json.loads(line)["text"])
                reading = read("law.md", text.encode())
                pieces, found = passages(reading.blocks), propose(reading.blocks)
                document, is_new = add_document(
                    text.encode(),
                    DocumentDraft(
                        title=found.title or str(json.loads(line)["title"]),
                        kind=Document.Kind.LAW,
                        document_number=found.document_number,
                        issuing_agency=found.issuing_agency or _NO_ISSUER,
                        issued_on=found.issued_on,
                        effective_on=found.effective_on,
                        repealed_on=found.ends_on,
                    ),
                    pieces,
                    agency=agency,
                    actor=System("load_laws"),
                    now=timezone.now(),
                )
                added, known = added + is_new, known + (not is_new)
                pieces_kept += len(pieces) if is_new else 0
            except (ValueError, KeyError, TypeError) as error:
                wrong += 1
                self.stderr.write(f"第 {number} 行读不出来：{type(error).__name__}")
                continue
            except Refused as refusal:
                wrong += 1
                self.stderr.write(f"第 {number} 行：{refusal.message}")
                continue
            if document.status != Document.Status.DRAFT:
                continue
            try:
                publish_document(document, actor=System("load_laws"), now=timezone.now())
            except Refused as refusal:
                drafts += 1
                words = f"第 {number} 行《{document.title}》留作草稿：{refusal.message}"
                self.stderr.write(words)
        self.stdout.write(
            f"增加 {added} 件（{pieces_kept} 段），原有 {known} 件，其中留作草稿 {drafts} 件，读不出来 {wrong} 行，"
            f"用时 {time.monotonic() - begun:.0f} 秒。"
        )
