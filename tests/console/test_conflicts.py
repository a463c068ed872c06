"""What two agencies say otherwise, through the console: counted, shown side by side, decided."""

from dataclasses import replace
from datetime import datetime

import pytest

from minxin.agencies.models import Staff
from minxin.knowledge import actions, conflicts
from minxin.knowledge.models import AnswerConflict
from tests.console.conftest import SignIn, Work
from tests.knowledge.drafts import draft
from tests.support.city import SETUP, City


@pytest.fixture
def found(work: Work, city: City, now: datetime) -> AnswerConflict:
    """The police's entry and one of the water bureau."""
    asked = "补办身份证多少钱"
    one = replace(draft(asked, "工本费四十元。"), code=work.entry.code)
    actions.update_entry(work.entry, one, actor=SETUP, now=now)
    actions.create_entry(draft(asked, "工本费20元。"), agency=city.water, actor=SETUP, now=now)
    assert conflicts.work(clock=lambda: now) == 1
    return AnswerConflict.objects.get()


def test_an_editor_sees_both_sides_with_what_differs_and_decides(
    found: AnswerConflict, work: Work, editor: Staff, at_desk: SignIn
) -> None:
    client = at_desk(editor)
    assert "说法不一待协调" in client.get("/console/").content.decode()
    assert "补办身份证多少钱" in client.get("/console/conflicts/?waiting=1").content.decode()
    assert "金额" in client.get("/console/conflicts/?status=open").content.decode()
    address = f"/console/conflicts/{found.pk}/"
    page = client.get(address).content.decode()
    assert "<mark>四十元</mark>" in page
    assert "<mark>20元</mark>" in page
    assert "金额不同：" in page
    assert "等待协调" in client.get(f"/console/knowledge/{work.entry.pk}/").content.decode()
    refused = client.post(address, {"act": "decide", "decide-note": "我写的"})
    assert refused.status_code == 422
    assert "请选择怎样处理" in refused.content.decode()
    assert "我写的" in refused.content.decode()
    both = {"act": "decide", "decide-outcome": "both", "decide-note": ""}
    assert "请写明为什么两边都对" in client.post(address, both).content.decode()
    assert (
        "已记下处理结果"
        in client.post(
            address, both | {"decide-note": "代收的窗口不同"}, follow=True
        ).content.decode()
    )
    found.refresh_from_db()
    assert (found.status, found.settled_by) == ("both", editor)
    page = client.get(address).content.decode()
    assert "代收的窗口不同" in page
    assert "记下结果" not in page
    assert "说法不一待协调" not in client.get("/console/").content.decode()


def test_whose_text_is_to_be_corrected_can_object(
    found: AnswerConflict, city: City, editor: Staff, at_desk: SignIn, now: datetime
) -> None:
    client = at_desk(editor)
    address = f"/console/conflicts/{found.pk}/"
    theirs = "first" if found.first_agency == city.water else "second"
    client.post(address, {"act": "decide", "decide-outcome": theirs})
    found.refresh_from_db()
    assert found.status == "review"
    page = client.get(address).content.decode()
    assert "修改期限" in page
    assert "我们的没有错" in page
    assert client.post(address, {"act": "object", "object-note": ""}).status_code == 422
    client.post(address, {"act": "object", "object-note": "物价局有新文件"})
    found.refresh_from_db()
    assert found.is_disputed
    page = client.get(address).content.decode()
    assert "由同时管理两个单位的上级决定" in page
    assert "记下结果" not in page


def test_who_only_reads_decides_nothing(found: AnswerConflict, city: City, at_desk: SignIn) -> None:
    client = at_desk(city.wang)
    address = f"/console/conflicts/{found.pk}/"
    assert "记下结果" not in client.get(address).content.decode()
    assert client.post(address, {"act": "decide", "decide-outcome": "none"}).status_code == 404
    found.refresh_from_db()
    assert found.status == "open"
