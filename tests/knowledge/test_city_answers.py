"""The demo city's sheet, imported as an editor would: every way of asking finds its own entry."""

from datetime import datetime
from pathlib import Path

import minxin.demo
from minxin.knowledge.actions import import_entries
from minxin.knowledge.importing import read_rows, read_sheet
from minxin.knowledge.index import LiveIndex
from minxin.knowledge.models import Entry
from minxin.knowledge.rules import is_in_force
from tests.support.city import SETUP, City

SHEET = Path(minxin.demo.__file__).parent / "city" / "knowledge.csv"


def test_every_way_of_asking_of_the_city_finds_its_own_entry(city: City, now: datetime) -> None:
    titles, *lines = read_sheet(SHEET.name, SHEET.read_bytes())
    owner = titles.index("维护单位")
    cells = [titles, *([*line[:owner], "", *line[owner + 1 :]] for line in lines)]
    sheet = read_rows(cells, [city.root], city.root)
    assert sheet.errors == ()
    created, _ = import_entries(sheet.rows, actor=SETUP, now=now)
    assert created == len(lines) > 100

    index, today = LiveIndex(), now.date()
    index.build()
    wrong = []
    asked = 0
    for entry in Entry.objects.filter(status="published").prefetch_related("variants"):
        if not is_in_force(entry.valid_from, entry.valid_until, today):
            continue
        for way in (entry.question, *(variant.text for variant in entry.variants.all())):
            asked += 1
            region = entry.region_code or "990100"
            found = index.lookup(f"请问{way}？", on=today, region=region).answer
            if found is None or found.entry_id != entry.pk:
                wrong.append((way, found and found.question))
    assert asked > 300
    assert wrong == []
