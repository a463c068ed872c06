"""Words that are ready: saved replies behind a slash and on their page, suggestions from the knowledge."""

from collections.abc import Iterator
from datetime import datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from minxin.conversations.models import Message, SavedReply
from minxin.knowledge.index import shared
from tests.console.conftest import SignIn, Work
from tests.support.city import City
from tests.support.entries import entry


@pytest.fixture(autouse=True)
def fresh_index() -> Iterator[None]:
    shared.index.cache_clear()
    yield
    shared.index.cache_clear()


def test_a_slash_finds_what_is_ready_filled_for_her(
    city: City, work: Work, at_desk: SignIn, now: datetime
) -> None:
    SavedReply.objects.create(
        agency=city.police,
        title="进度",
        text="{称呼}您好，{编号}正在办理，电话{电话}。",
        changed_at=now,
    )
    desk = at_desk(city.wang)
    address = f"/console/inbox/{work.dialogue.pk}/replies/"
    page = desk.get(address, {"q": "进度"}).content.decode()
    assert f"市民朋友您好，{work.ticket.number}正在办理" in page
    assert "要自己填：电话" in page
    assert "没有包含“水费”的快捷回复。" in desk.get(address, {"q": "水费"}).content.decode()


def test_kept_on_a_page_and_through_a_sheet(city: City, at_desk: SignIn) -> None:
    desk = at_desk(city.wang)
    pages = "/console/conversations/replies/"
    typed = {"title": "路灯", "text": "马上去修。", "agency": city.police.pk}
    assert desk.post(f"{pages}new/", typed).status_code == 302
    again = desk.post(f"{pages}new/", typed)
    assert again.status_code == 422
    assert "本单位已经有标题相同的快捷回复。" in again.content.decode()
    sheet = desk.get(f"{pages}?export=csv")
    content = b"".join(sheet.streaming_content) if sheet.streaming else sheet.content
    changed = content.decode("utf-8-sig").replace("马上去修。", "今晚修好。").encode()
    file = SimpleUploadedFile("replies.csv", changed)
    answer = desk.post(f"{pages}import/", {"file": file, "agency": city.police.pk}, follow=True)
    assert "导入完成：新增 0 条，更新 1 条。" in answer.content.decode()
    assert SavedReply.objects.get().text == "今晚修好。"
    wrong = SimpleUploadedFile("replies.csv", "名称,内容\na,b\n".encode())
    answer = desk.post(f"{pages}import/", {"file": wrong, "agency": city.police.pk})
    assert answer.status_code == 422
    assert "第一行要有列名" in answer.content.decode()


def test_knowledge_suggests_with_its_source_and_why(
    city: City, work: Work, at_desk: SignIn, now: datetime
) -> None:
    Message.objects.filter(citizen=city.xiaolin, sender="citizen").update(text="居住证怎样申领")
    page = (
        at_desk(city.wang).get(f"/console/inbox/{work.dialogue.pk}/suggestions/").content.decode()
    )
    assert "居住证怎样申领" in page
    assert "来源：《" in page.split('data-insert="')[1].split('"')[0]
    assert "与市民问的是同一个问题" in page
    assert "居住证" in page.split("都说到：")[1][:20]


def test_an_edit_is_suggested_at_once_and_silence_is_said(
    city: City, work: Work, at_desk: SignIn, now: datetime
) -> None:
    desk = at_desk(city.wang)
    address = f"/console/inbox/{work.dialogue.pk}/suggestions/"
    page = desk.get(address).content.decode()
    assert "知识库里没有可靠的答案（按“东桥路口的路灯坏了三天”查找）。" in page
    entry(city.police, "路灯坏了找谁修", now=now)
    assert "路灯坏了找谁修" in desk.get(address).content.decode()
    Message.objects.filter(citizen=city.xiaolin).update(text=None)
    assert "市民还没有提问" in desk.get(address).content.decode()
