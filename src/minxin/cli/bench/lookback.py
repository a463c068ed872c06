"""`minxin bench lookback`: how long does it take to look through every published text once more?

The articles are made up: paragraphs of 40 to 160 characters, three to eight to an article, their characters
drawn from 3,000 with the frequencies of Zipf's law (1 / (rank + 5)). The expressions, 4 to 12 characters,
are drawn the same way from the other end of the alphabet, so that none stands anywhere by chance; one
article in a hundred has one planted in it. What is measured is the job as a worker does it: rows read from
the database, looked through, hits written, the cursor moved, step by step.
"""

import argparse
import json
import sys
import tempfile
from typing import Any

from minxin.cli.bench.rooms import environment, in_django

ARTICLES, AT_SCALE, TERMS = 50_000, 1_000_000, 20_000


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--scale", action="store_true", help=f"{AT_SCALE} articles")
    parser.add_argument("--articles", type=int, help=f"instead of {ARTICLES}")
    parser.add_argument("--terms", type=int, default=TERMS, help=f"instead of {TERMS}")


def run(arguments: argparse.Namespace) -> dict[str, Any]:
    """Seconds of the whole job, its size, its memory, and whether every planted place was found."""
    articles = arguments.articles or (AT_SCALE if arguments.scale else ARTICLES)
    if articles < 1 or arguments.terms < 1:
        sys.exit("There must be an article and an expression to look for.")
    with tempfile.TemporaryDirectory(prefix="minxin-bench-") as home:
        env = environment(home)
        print(f"writing {articles} articles ...", file=sys.stderr)
        asked = json.dumps({"articles": articles, "terms": arguments.terms})
        made = json.loads(in_django(env, _MAKE, asked).splitlines()[-1])
        print(f"{made}; looking through them ...", file=sys.stderr)
        found = json.loads(in_django(env, _LOOK, str(made["scan"])).splitlines()[-1])
    seconds = found["seconds"]
    return {
        "seconds": round(seconds, 2),
        "articles": articles,
        "terms": arguments.terms,
        "characters": made["characters"],
        "megabytes": round(made["bytes"] / 1e6, 1),
        "mb_per_second": round(made["bytes"] / 1e6 / seconds, 1),
        "articles_per_second": round(articles / seconds),
        "cpu_seconds": round(found["cpu"], 2),
        "peak_memory_mb": found["memory"],
        "planted": made["planted"],
        "found": found["found"],
        "missed": made["planted"] - found["found"],
    }


_MAKE = """
import json, random
from datetime import UTC, datetime
from django.db import connection, transaction
from minxin.agencies import actions as agencies
from minxin.agencies.rules import Role
from minxin.cli.bench.rooms import one_account
from minxin.core.actors import System
from minxin.supervision.actions import word_lists
from minxin.supervision.models import PublishedItem, Term
from minxin.supervision.rules.looking import fingerprint
asked = json.load(sys.stdin)
draw, now = random.Random(7), datetime.now(UTC)
account = one_account("wx" + "0" * 16, secret="5" * 32, token="token", aes_key="a" * 43)
staff = agencies.add_staff(
    username="bench", name="黄薇", agency=account.agency, role=Role.SUPERVISOR,
    password="Bench-2026-minxin", must_change_password=False, actor=System("bench"), now=now)
def zipf(count):
    return [1 / (rank + 5) for rank in range(count)]
common = [chr(0x4e00 + at) for at in range(3000)]
rare = [chr(0x6e00 + at) for at in range(3000)]
terms = set()
while len(terms) < asked["terms"]:
    terms.add("".join(draw.choices(rare, zipf(3000), k=draw.randint(4, 12))))
# None inside another: then what was planted is what is to be found.
terms = sorted(terms)
def inside(each):
    return any(each[a:b] in known for a in range(len(each)) for b in range(a + 4, len(each) + 1)
               if (a, b) != (0, len(each)))
known = set(terms)
plantable = [each for each in terms if not inside(each)]
pool = "".join(draw.choices(common, zipf(3000), k=400_000))
def paragraph():
    at = draw.randrange(len(pool) - 160)
    return pool[at : at + draw.randint(40, 160)]
columns = ("account_id", "source", "external_id", "title", "text", "url", "published_at", "sha256",
           "version", "kept_at")
insert = "INSERT INTO %s (%s) VALUES (%s)" % (
    PublishedItem._meta.db_table, ", ".join(columns), ", ".join(["%s"] * len(columns)))
characters = size = planted = 0
at = 0
while at < asked["articles"]:
    rows = []
    for number in range(at, min(at + 2000, asked["articles"])):
        title = pool[number % 300_000 : number % 300_000 + 20]
        parts = [paragraph() for _ in range(draw.randint(3, 8))]
        if draw.random() < 0.01:
            parts.insert(1, draw.choice(plantable))
            planted += 1
        text = "\\n".join(parts)
        characters += len(title) + 1 + len(text)
        size += len(title.encode()) + 1 + len(text.encode())
        rows.append((account.pk, "import", f"a-{number}", title, text, "", now, fingerprint(title, text),
                     1, now))
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.executemany(insert, rows)
    at += len(rows)
made, _none = word_lists.add_word_list(
    agency=account.agency, name="bench", kind="words", actor=staff, now=now)
scan = word_lists.put_terms(
    made, [word_lists.TermDraft(each) for each in terms], actor=staff, now=now)
print(json.dumps({"scan": scan.pk, "characters": characters, "bytes": size, "planted": planted}))
"""

_LOOK = """
import json, resource, time
from minxin.supervision.models import Scan
from minxin.supervision.scanning import work
number = int(sys.stdin.read())
began, cpu = time.perf_counter(), time.process_time()
work(number)
seconds, cpu = time.perf_counter() - began, time.process_time() - cpu
scan = Scan.objects.get(pk=number)
assert scan.status == "done", scan.status
memory = round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
print(json.dumps({"seconds": seconds, "cpu": cpu, "found": scan.found, "memory": memory}))
"""
