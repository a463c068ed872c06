"""Passages that another process reads: the same answers, no pause, nothing left behind."""

import json
from datetime import datetime
from pathlib import Path

import pytest

from minxin.knowledge import passages as followed
from minxin.knowledge.models import DocumentChange, Passage
from minxin.knowledge.passages import PassageIndex
from minxin.knowledge.shelves import NotBuilt, Shelf, built_apart, fill
from tests.knowledge.papers import paper
from tests.support.city import City
from tests.support.databases import EITHER_DATABASE, own_database

ASKED = "补办犬只登记证收费多少钱"
APART = """
import gc, json, os, time
from datetime import date
from pathlib import Path
from django.utils import timezone
from minxin.agencies.models import Agency
from minxin.knowledge.models import DocumentChange, Passage
from minxin.knowledge.passages import PassageIndex
from tests.knowledge.papers import paper
from tests.support.city import build_city
now = timezone.now()
build_city(now)
agency = Agency.objects.first()
def told(index):
    found = index.quote("补办犬只登记证收费多少钱", on=date(2026, 11, 28))
    return [len(index), found and found.bundle.text, found and round(found.confidence, 6)]
def publish(number):
    made = paper(agency, f"犬只登记证补办规定{number}", now=now, effective_on=date(2026, 1, 1))
    Passage.objects.filter(document=made, position=4).update(text="补办犬只登记证收费四十元。")
    DocumentChange.objects.create(document_id=made.pk)
publish(0)
folder = Path(os.environ["MINXIN_HOME"]) / "passages"
(folder / "999999999-left").mkdir(parents=True)
here, apart = PassageIndex(), PassageIndex(apart=folder)
here.build(), apart.build()
said = [told(here), told(apart)]
publish(1)
here.refresh(), apart.refresh()
said += [told(here), told(apart)]
for number in range(2, 30):
    publish(number)
here.refresh(), apart.refresh()
said += [told(here), told(apart)]
gc.collect()
print(json.dumps([said, len(list(folder.iterdir()))]))
"""


@pytest.mark.slow
@pytest.mark.parametrize("kind", EITHER_DATABASE)
def test_another_process_builds_what_this_one_would(kind: str) -> None:
    with own_database(kind) as database:
        said, folders = json.loads(database.run(APART))
    assert said[0] == said[1]
    assert said[2] == said[3]
    assert said[4][0] == said[5][0] > said[2][0]
    assert said[0][1]
    assert said[4][1] == said[5][1]
    assert folders == 1  # the shelf in use; what a killed process left and the one before are gone


@pytest.mark.django_db
def test_a_shelf_that_was_filled_is_asked_and_changed(
    city: City, now: datetime, tmp_path: Path
) -> None:
    one, other = (paper(city.police, f"养犬规定{number}", now=now) for number in range(2))
    fill(tmp_path)
    shelf = Shelf(tmp_path)
    blocks = len(shelf.blocks)
    assert {hit.id for hit in shelf.index.search("补办收费")} <= set(range(1, blocks + 1))
    gone = shelf.leave(one.pk)
    assert shelf.leave(one.pk) == []
    shelf.commit(gone)
    left = [shelf.blocks.get(hit.id) for hit in shelf.index.search("补办收费")]
    assert {each.first.document_id for each in left if each} == {other.pk}
    assert 0 < len(shelf.blocks) < blocks


@pytest.mark.django_db
def test_where_no_process_can_build_this_one_does(
    city: City, now: datetime, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    document = paper(city.police, "养犬规定", now=now)
    Passage.objects.filter(document=document, position=4).update(text="补办犬只登记证收费四十元。")
    DocumentChange.objects.create(document_id=document.pk)
    (tmp_path / "file").touch()
    with pytest.raises(NotBuilt):
        built_apart(tmp_path / "file" / "passages")
    index = PassageIndex(apart=tmp_path / "file" / "passages")
    index.build()
    assert index.quote(ASKED, on=now.date()) is not None
    monkeypatch.setattr(followed, "MANY", 0)
    DocumentChange.objects.create(document_id=document.pk)
    assert index.refresh()
    assert index.quote(ASKED, on=now.date()) is not None
