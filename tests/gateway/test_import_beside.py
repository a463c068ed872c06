"""Bulk work in another process does not keep citizens waiting: SQLite has one writer."""

import statistics

import pytest

from tests.gateway.test_guarantees import APPLICATION, BUILD
from tests.support.databases import own_database
from tests.support.pushing import Load, wait_until_answered
from tests.support.serving import granian

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("guarantees")]

ROWS = 100_000
IMPORT = f"""
from datetime import datetime, UTC
from minxin.agencies.models import Agency
from minxin.core.actors import System
from minxin.knowledge.actions import EntryDraft, import_entries
agency = Agency.objects.get(code="water")
rows = [
    (agency, EntryDraft(question=f"第{{n}}号事项在哪里办理", answer="到窗口办理。", code=f"R{{n}}"))
    for n in range({ROWS})
]
print(import_entries(rows, actor=System("test"), now=datetime.now(UTC))[0])
"""


def test_an_import_of_100_thousand_rows_keeps_the_gateway_answering() -> None:
    with own_database("sqlite") as database:
        database.run(BUILD)
        with granian(APPLICATION, **database.env) as (base, _):
            wait_until_answered(base)
            importing = database.start(IMPORT)
            load = Load(base, threads=2).start()
            out, complaints = importing.communicate(timeout=240)
            load.stop()
        assert out.split()[-1] == str(ROWS), complaints
        assert len(load.acknowledged) > 200
        assert not load.refused
        times = sorted(load.times)
        assert times[int(len(times) * 0.99)] < 1.0, statistics.median(times)
