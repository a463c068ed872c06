"""`minxin bench laws`: statutes come in by `minxin manage load_laws`; is every article cited as its source has it?

Data: `laws.jsonl` (title, text). They are loaded into a database of their own, then each article of each source is
compared with the passages cited by its number. The source is read here once more, in another way than the cutter
does: a line that begins with 第N条 and a space begins an article, a heading or an annex ends it.
"""

import argparse
import json
import os
import random
import re
import sys
import tempfile
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from minxin.cli.bench import data_folder
from minxin.cli.bench.postgres import NotInstalled, postgres
from minxin.cli.bench.retrieval import read
from minxin.cli.bench.rooms import environment, in_django

_N = "[〇零一二三四五六七八九十百千]+"
_ARTICLE = re.compile(rf"(第{_N}条(?:之{_N})?)[\s\u3000]")
_ENDS = re.compile(rf"#|<!--|附\s*[件表录则：:]|第{_N}[编章节][\s\u3000]")
_BELOW = re.compile(r"[（(][一二三四五六七八九十百\d]+[）)]|\d{1,2}[.．、]|[①-⑳]")
ONE_AGENCY = """
from django.utils import timezone
from minxin.agencies.actions import add_agency
from minxin.core.actors import System
add_agency(code="bench", name="云溪市司法局", parent=None, region_code="990100", actor=System("bench"),
           now=timezone.now())
"""
LOAD = """
import resource
from django.core.management import call_command
call_command("load_laws", sys.stdin.read(), agency="bench", stdout=sys.stderr)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
"""
CITED = """
import json
from minxin.knowledge.models import Document, Passage
from minxin.knowledge.rules import citation
for document in Document.objects.order_by("pk"):
    rows = Passage.objects.filter(document=document).order_by("position")
    print(json.dumps([document.sha256, [
        [each.article, each.clause, each.item, each.text, citation(document.title, each.place)]
        for each in rows if each.kind != "chapter" and each.kind != "title"]]))
"""


@dataclass(frozen=True, slots=True)
class Article:
    """An article: its number as written (第十二条), its paragraphs as they stand, without spaces at their ends."""

    number: str
    paragraphs: tuple[str, ...]

    @property
    def text(self) -> str:
        """All of it, spaces aside."""
        return "".join("".join(each.split()) for each in self.paragraphs)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--data", help="folder of the set, or its parent (MINXIN_BENCH_DATA)")
    parser.add_argument("--postgres", action="store_true", help="on a throwaway PostgreSQL")
    parser.add_argument(
        "--show", type=int, default=0, help="print so many articles, drawn at random"
    )


def run(arguments: argparse.Namespace) -> dict[str, Any]:
    """Seconds and memory of loading; shares of articles whose citation is exact."""
    file = data_folder(arguments.data, "laws") / "laws.jsonl"
    if not arguments.postgres:
        return _measured(file, {}, arguments.show)
    try:
        with postgres() as address:
            return _measured(file, {"MINXIN_DATABASE_URL": address}, arguments.show)
    except NotInstalled:
        sys.exit("PostgreSQL's server is not on this machine.")


def _measured(file: Path, settings: dict[str, str], show: int) -> dict[str, Any]:
    rows = read(file)
    with tempfile.TemporaryDirectory() as home:
        env = environment(home, **settings)
        in_django(env, ONE_AGENCY)
        load, began = os.getloadavg()[0], time.perf_counter()
        memory = in_django(env, LOAD, str(file))
        seconds = time.perf_counter() - began
        cited = [json.loads(line) for line in in_django(env, CITED).splitlines()]
    found: dict[str, Any] = {
        "statutes": len(rows),
        "documents": len(cited),
        "passages": sum(len(passages) for _sha, passages in cited),
        "seconds": round(seconds, 1),
        "memory_mb": int(memory),
        "load": round(load, 1),
        "database": "postgresql" if settings else "sqlite",
    }
    return found | compared(rows, cited, show)


def compared(
    rows: Iterable[dict[str, Any]], cited: Iterable[Sequence[Any]], show: int = 0
) -> dict[str, Any]:
    """Of all articles: the share found whole under their number, nothing missing and nothing of others; and the
    share whose paragraphs are counted right. What differs is told on stderr."""
    of: dict[str, Sequence[Any]] = {sha: passages for sha, passages in cited}  # noqa: C416
    articles = exact = counted = 0
    wrong: list[str] = []
    right: list[tuple[str, str]] = []
    for row in rows:
        passages = of.get(sha256(row["text"].encode()).hexdigest(), [])
        kept = _by_article(passages)
        for article in articles_of(row["text"]):
            articles += 1
            at = next((at for at, each in enumerate(kept) if _is(each, article)), None)
            if at is None:
                same = next((each for each in kept if each[0][0] == article.number), None)
                has = "".join("".join(each[3].split()) for each in same) if same else "（没有）"
                start = max(_differ_at(article.text, has) - 20, 0)
                shown = [each[start : start + 80] for each in (article.text, has)]
                wrong.append("\n  ".join([f"{row['title']} {article.number}", *shown]))
                continue
            exact += 1
            found = kept.pop(at)
            counted += _clauses(found) == _clauses_of(article)
            right += [(each[4], each[3]) for each in found[:1]]
    for each in wrong[:60]:
        print(each, file=sys.stderr)
    for citation, text in random.Random(7).sample(right, min(show, len(right))):
        print(f"{citation}\n  {text}", file=sys.stderr)
    return {
        "articles": articles,
        "exact": round(exact / max(articles, 1), 5),
        "not_exact": articles - exact,
        "clauses_exact": round(counted / max(exact, 1), 5),
    }


def articles_of(text: str) -> list[Article]:
    """The articles of a source, in its order."""
    found: list[Article] = []
    number, paragraphs = "", list[str]()
    for line in [*(each.strip(" \t\u3000") for each in text.splitlines()), "#"]:
        begins = _ARTICLE.match(f"{line} ")
        if begins or _ENDS.match(line):
            if number:
                found.append(Article(number, tuple(paragraphs)))
            number, paragraphs = (begins[1], [line]) if begins else ("", [])
        elif line and number:
            paragraphs.append(line)
    return found


def _by_article(passages: Sequence[Sequence[Any]]) -> list[list[Sequence[Any]]]:
    """Passages that stand together under one number."""
    kept: list[list[Sequence[Any]]] = []
    for each in passages:
        begins = str(each[3]).startswith(each[0])
        if not kept or kept[-1][0][0] != each[0] or (begins and each[0].startswith("第")):
            kept.append([])
        kept[-1].append(each)
    return kept


def _is(passages: Sequence[Sequence[Any]], article: Article) -> bool:
    text = "".join("".join(each[3].split()) for each in passages)
    return passages[0][0] == article.number and text == article.text


def _differ_at(one: str, other: str) -> int:
    pairs = zip(one, other, strict=False)
    return next((at for at, (a, b) in enumerate(pairs) if a != b), min(len(one), len(other)))


def _clauses(passages: Sequence[Sequence[Any]]) -> list[int]:
    return [each[1] for each in passages if not each[2]]


def _clauses_of(article: Article) -> list[int]:
    own = [each for each in article.paragraphs if not _BELOW.match(each)]
    return [0] if len(own) == 1 else list(range(1, len(own) + 1))
