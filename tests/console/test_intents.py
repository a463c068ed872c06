"""The board of what many ask, through the console."""

from datetime import datetime

from django.test import Client

from minxin.agencies.models import Staff
from minxin.knowledge import learning
from minxin.knowledge.models import Intent
from minxin.tickets import intent_owners
from tests.console.conftest import SignIn, Work
from tests.support.city import City


def _board(work: Work, editor: Staff, at_desk: SignIn, now: datetime) -> tuple[Client, Intent]:
    learning.work(clock=lambda: now)
    intent_owners.work(clock=lambda: now)
    return at_desk(editor), Intent.objects.get()


def test_an_editor_reads_demand_and_supply_and_closes_with_an_entry(
    work: Work, editor: Staff, at_desk: SignIn, now: datetime
) -> None:
    client, found = _board(work, editor, at_desk, now)
    page = client.get("/console/intents/").content.decode()
    assert work.unanswered.text in page
    address = f"/console/intents/{found.pk}/"
    assert "还没有条目，先写一条" in client.get(address).content.decode()
    refused = client.post(address, {"act": "close", "close-entry": "没有这个编号"})
    assert refused.status_code == 422
    assert "没有这个编号" in refused.content.decode()
    done = client.post(address, {"act": "close", "close-entry": work.entry.code}, follow=True)
    assert "已补充" in done.content.decode()
    found.refresh_from_db()
    assert (found.status, found.entry) == ("closed", work.entry)
    assert "暂时看不出变化" in client.get(address).content.decode()


def test_the_board_is_exported_as_it_is_shown(
    work: Work, editor: Staff, at_desk: SignIn, now: datetime
) -> None:
    client, found = _board(work, editor, at_desk, now)
    sheet = client.get("/console/intents/?export=csv")
    assert found.title in b"".join(sheet).decode("utf-8-sig")
    assert client.get("/console/intents/?export=xlsx").status_code == 200
    assert found.title not in client.get("/console/intents/?due=1").content.decode()


def test_bad_input_is_said_beside_its_field(
    work: Work, editor: Staff, at_desk: SignIn, now: datetime
) -> None:
    client, found = _board(work, editor, at_desk, now)
    address = f"/console/intents/{found.pk}/"
    for sent in (
        {"act": "split"},
        {"act": "split", "questions": str(work.unanswered.pk)},
        {"act": "merge", "merge-into": "x"},
        {"act": "merge", "merge-into": "999999"},
        {"act": "dismiss", "dismiss-reason": ""},
        {"act": "assign", "assign-owner": str(found.owner_id), "assign-due_on": "2020-01-01"},
    ):
        answer = client.post(address, sent)
        assert answer.status_code == 422, sent
        assert "error" in answer.content.decode()
    found.refresh_from_db()
    assert found.status == "open"


def test_an_agent_reads_and_may_not_press(
    work: Work, city: City, editor: Staff, at_desk: SignIn, now: datetime
) -> None:
    _client, found = _board(work, editor, at_desk, now)
    client = at_desk(city.wang)
    address = f"/console/intents/{found.pk}/"
    page = client.get(address).content.decode()
    assert found.title in page
    assert 'value="close"' not in page
    assert client.post(address, {"act": "dismiss", "dismiss-reason": "不要"}).status_code == 404
    found.refresh_from_db()
    assert found.status == "open"
