"""An edit reaches every process within two seconds; a database that is away does not silence anybody."""

import json
import sys
import threading
import time
from datetime import date, datetime, timedelta

import pytest
from django.db import connection
from django.db.utils import OperationalError

from minxin.knowledge.actions import create_entry, retire_entry, update_entry
from minxin.knowledge.actions.endings import tell_indexes
from minxin.knowledge.index import LiveIndex
from minxin.knowledge.index.following import REST, attentively
from minxin.knowledge.models import Entry, IndexChange, Passage
from minxin.knowledge.passages import PassageIndex
from tests.knowledge.drafts import draft
from tests.knowledge.papers import paper
from tests.support.city import SETUP, City, build_city
from tests.support.databases import EITHER_DATABASE, own_database
from tests.support.entries import entry

TODAY = date(2026, 11, 24)

# One process follows and writes down what it hears and when; the other edits.
FOLLOW = """
import datetime, json, threading, time
from minxin.knowledge.index import LiveIndex
from minxin.knowledge.index.following import REST, attentively
index, stop = LiveIndex(), threading.Event()
index.start(stop)
on, heard, end = datetime.date(2026, 11, 24), [], time.time() + 30
while time.time() < end and (not heard or heard[-1][1] != "停用"):
    found = index.lookup("普通护照怎样申请？", on=on)
    text = found.answer.text if found.answer else "停用" if len(heard) > 1 else "不知道"
    if index.is_ready and (not heard or heard[-1][1] != text):
        heard.append((time.time(), text))
        print(json.dumps(heard), flush=True)
    time.sleep(0.02)
stop.set()
print(json.dumps(heard))
"""
EDIT = """
import json, time
from django.utils import timezone
from minxin.agencies.actions import add_agency
from minxin.knowledge.actions import create_entry, retire_entry, update_entry
from tests.knowledge.drafts import draft
from tests.support.city import SETUP
now = timezone.now()
root = add_agency(code="yunxi", name="云溪市人民政府", parent=None, region_code="990100", actor=SETUP, now=now)
done = []
time.sleep(4)
entry = create_entry(draft("普通护照怎样申请？", "甲"), agency=root, actor=SETUP, now=now)
done.append(time.time())
time.sleep(2.5)
update_entry(entry, draft("普通护照怎样申请？", "乙"), actor=SETUP, now=now)
done.append(time.time())
time.sleep(2.5)
retire_entry(entry, reason="废止", actor=SETUP, now=now)
done.append(time.time())
print(json.dumps(done))
"""


@pytest.mark.parametrize("kind", EITHER_DATABASE)
def test_an_edit_reaches_another_process_within_two_seconds(kind: str) -> None:
    with own_database(kind) as database:
        heard, done = map(json.loads, database.run_all([FOLLOW, EDIT]))
    assert [text for _, text in heard] == ["不知道", "甲", "乙", "停用"]
    delays = [at - edited for (at, _), edited in zip(heard[1:], done, strict=True)]
    assert max(delays) < 2


@pytest.mark.django_db(transaction=True)
def test_a_database_that_is_away_is_survived() -> None:
    index, refusals = LiveIndex(), []
    is_away = threading.Event()

    def gate(execute, sql, params, many, context):  # type: ignore[no-untyped-def]
        if is_away.is_set():
            refusals.append(sql)
            raise OperationalError("away")
        return execute(sql, params, many, context)

    is_away.set()
    ready: list[bool] = []
    with connection.execute_wrapper(gate):
        with pytest.raises(OperationalError):
            index.build()
        ready.append(index.is_ready)
        is_away.clear()
        index.build()
        ready.append(index.is_ready)
        is_away.set()
        with pytest.raises(OperationalError):
            index.refresh()
        ready.append(index.is_ready)  # what it knows, it still says
        is_away.clear()
        assert not index.refresh()
    assert ready == [False, True, True]
    assert refusals


def test_an_edit_is_seen_at_the_next_look(city: City, now: datetime) -> None:
    index = LiveIndex()
    index.build()
    kept = create_entry(draft("怎样申领居住证？", "甲"), agency=city.police, actor=SETUP, now=now)
    assert index.lookup("怎样申领居住证？", on=TODAY).answer is None
    assert index.refresh()
    found = index.lookup("怎样申领居住证？", on=TODAY).answer
    assert found is not None
    assert found.text == "甲"
    update_entry(kept, draft("怎样申领护照？", "乙"), actor=SETUP, now=now)
    assert index.refresh()
    assert index.lookup("怎样申领居住证？", on=TODAY).answer is None
    found = index.lookup("怎样申领护照？", on=TODAY).answer
    assert found is not None
    assert found.text == "乙"
    assert not index.refresh()


def test_a_change_that_commits_late_is_not_missed(city: City, now: datetime) -> None:
    """On PostgreSQL a transaction may commit after one with a higher number."""
    kept = entry(city.police, "怎样申领居住证？", "甲", now=now)
    index = LiveIndex()
    index.build()
    IndexChange.objects.create(id=IndexChange.objects.latest("id").pk + 5, entry_id=kept.pk)
    assert index.refresh()
    Entry.objects.filter(pk=kept.pk).update(answer="乙")
    IndexChange.objects.create(id=IndexChange.objects.latest("id").pk - 2, entry_id=kept.pk)
    assert index.refresh()
    found = index.lookup("怎样申领居住证？", on=TODAY).answer
    assert found is not None
    assert found.text == "乙"


def test_nothing_is_told_to_the_index_when_nothing_was_written(city: City, now: datetime) -> None:
    kept = entry(city.police, "怎样申领居住证？", now=now)
    before = IndexChange.objects.count()
    with pytest.raises(Exception, match="停用"):
        retire_entry(kept, reason=" ", actor=SETUP, now=now)
    assert IndexChange.objects.count() == before


@pytest.mark.django_db(transaction=True)
def test_lookups_go_on_while_entries_change(now: datetime) -> None:
    city = build_city(now)
    question = "怎样申领居住证？"
    kept = entry(city.police, question, "第0版", now=now)
    index, stop, heard = LiveIndex(), threading.Event(), set[str]()
    index.build()

    def ask() -> None:
        day = TODAY
        while not stop.is_set():
            day += timedelta(days=1)  # so that nothing is remembered
            found = index.lookup("居住证怎么申领", on=day).answer
            heard.add(found.text if found else "沉默")

    asking = threading.Thread(target=ask)
    asking.start()
    for number in range(1, 15):
        ways = tuple(f"居住证申领方式{each}" for each in range(number % 4))
        update_entry(kept, draft(question, f"第{number}版", ways), actor=SETUP, now=now)
        index.refresh()
    stop.set()
    asking.join()
    assert "沉默" not in heard
    assert len(heard) > 2
    assert index.lookup(question, on=TODAY + timedelta(days=1)).answer is not None


def test_who_builds_rests_in_between_and_hands_the_interpreter_over_soon() -> None:
    usual = sys.getswitchinterval()
    with attentively() as first:
        assert sys.getswitchinterval() < usual
        with attentively():
            pass
        assert sys.getswitchinterval() < usual
        began, rested = time.monotonic(), 0
        while time.monotonic() - began < 0.1:
            before = time.monotonic()
            first.breathe()
            rested += time.monotonic() - before >= REST
        assert rested >= 5
    assert sys.getswitchinterval() == usual


def test_a_document_read_anew_is_found_until_its_new_passages_stand(
    city: City, now: datetime
) -> None:
    document = paper(city.police, "云溪市证件补办办法", now=now, effective_on=date(2020, 1, 1))
    tell_indexes([document.pk])
    index, heard = PassageIndex(), []
    index.build()

    def said() -> str:
        found = index.quote("补办收费多少元", on=TODAY)
        return found.core if found else ""

    assert "四十元" in said()
    passages = Passage.objects.filter(document=document)
    passages.filter(text__contains="四十元").update(text="补办收费二十元。")
    tell_indexes([document.pk])

    def meanwhile(execute, sql, params, many, context):  # type: ignore[no-untyped-def]
        heard.append(said())
        return execute(sql, params, many, context)

    with connection.execute_wrapper(meanwhile):
        assert index.refresh()
    assert len(heard) > 2
    assert all("四十元" in each for each in heard)
    assert "二十元" in said()
    assert "四十元" not in said()
    passages.delete()
    tell_indexes([document.pk])
    assert index.refresh()
    assert (said(), len(index)) == ("", 0)
