"""My tickets on the phone: file, follow, rate, ask again; nobody else's."""

import re
from datetime import datetime, timedelta
from io import BytesIO

import pytest
from django.utils import timezone
from python_calamine import load_workbook

from minxin.agencies.models import AuditEntry
from minxin.conversations.models import Outgoing
from minxin.tickets import actions
from minxin.tickets.models import Rating, Ticket, TicketEvent
from tests.portal.conftest import Browser
from tests.support.city import APP_ID, City

WORDS = "小区门口的路灯坏了三天，晚上看不见路"


def text_of(answer: object) -> str:
    return answer.content.decode()  # type: ignore[attr-defined, no-any-return]


def token_of(page: str) -> str:
    found = re.search(r'name="token"\s+value="(\w+)"', page)
    assert found
    return found[1]


def filed(phone: Browser, **more: str) -> Ticket:
    token = token_of(text_of(phone.read("tickets/new")))
    answer = phone.send("tickets/new", **{"text": WORDS, "token": token, **more})
    assert answer.status_code == 302, text_of(answer)
    return Ticket.objects.get(number=answer["Location"].rstrip("/").rsplit("/", 1)[-1])


def answered(city: City, ticket: Ticket, words: str = "已经修好，谢谢提醒。") -> None:
    now = timezone.now()
    if ticket.status == "submitted":
        actions.accept(ticket, actor=city.wang, now=now)
    actions.answer(ticket, words, link="http://x", actor=city.wang, now=now)


def everything() -> list[object]:
    return [
        list(m.objects.order_by("pk").values()) for m in (Ticket, TicketEvent, Rating, Outgoing)
    ]


def test_what_she_files_has_a_number_a_promise_and_a_place_in_her_list(
    xiaolin: Browser, city: City
) -> None:
    ticket = filed(xiaolin, place="东桥小区")
    assert (ticket.citizen, ticket.source, ticket.place) == (city.xiaolin, "portal", "东桥小区")
    page = text_of(xiaolin.read(f"tickets/{ticket.number}/"))
    assert "承诺" in page
    assert "前答复" in page
    assert 'data-drop="file:' in page  # the draft may go: the words have arrived
    assert "data-drop" not in text_of(xiaolin.read(f"tickets/{ticket.number}/"))
    assert ticket.number in text_of(xiaolin.read("tickets/"))


def test_pressing_twice_files_once_and_other_words_are_another(xiaolin: Browser) -> None:
    token = token_of(text_of(xiaolin.read("tickets/new")))
    first = xiaolin.send("tickets/new", text=WORDS, token=token)
    second = xiaolin.send("tickets/new", text=WORDS, token=token)
    assert first["Location"] == second["Location"]
    xiaolin.send("tickets/new", text="另一件事：井盖松动，车过就响", token=token)
    assert Ticket.objects.count() == 2


def test_a_key_does_not_name_who_left(xiaolin: Browser, city: City) -> None:
    assert city.xiaolin.key not in filed(xiaolin).key


def test_errors_keep_what_was_typed(xiaolin: Browser) -> None:
    token = token_of(text_of(xiaolin.read("tickets/new")))
    answer = xiaolin.send(
        "tickets/new", text="坏了", place="东桥<b>小区", phone="12", real_name="林", token=token
    )
    page = text_of(answer)
    assert answer.status_code == 422
    assert ">\n坏了</textarea>" in page
    assert "东桥&lt;b&gt;小区" in page
    assert 'value="12"' in page
    assert token_of(page) == token
    for problem in ("id_phone_error", "id_consent_error"):
        assert f'id="{problem}"' in page
    assert not Ticket.objects.exists()


@pytest.mark.parametrize("text", ["", "  ", "短", "长" * 2001])
def test_too_little_and_too_much_is_refused(xiaolin: Browser, text: str) -> None:
    token = token_of(text_of(xiaolin.read("tickets/new")))
    assert xiaolin.send("tickets/new", text=text, token=token).status_code == 422
    assert not Ticket.objects.exists()


def test_a_number_is_kept_with_consent_only_and_shown_masked(xiaolin: Browser, city: City) -> None:
    token = token_of(text_of(xiaolin.read("tickets/new")))
    form = {"text": WORDS, "token": token, "phone": "0999-5550123", "real_name": "林小"}
    assert xiaolin.send("tickets/new", **form).status_code == 422
    city.xiaolin.refresh_from_db()
    assert not city.xiaolin.phone
    assert xiaolin.send("tickets/new", **form, consent="on").status_code == 302
    city.xiaolin.refresh_from_db()
    assert city.xiaolin.phone == "0999-5550123"
    page = text_of(xiaolin.read("tickets/new"))
    assert "您留过" in page
    assert "5550123" not in page
    filed(xiaolin, text="另一件事：井盖松动", real_name="林大", consent="on")
    city.xiaolin.refresh_from_db()
    assert (city.xiaolin.real_name, city.xiaolin.phone) == ("林大", "0999-5550123")


def test_a_strangers_number_and_no_number_look_the_same(
    xiaolin: Browser, stranger: Browser, city: City
) -> None:
    ticket = filed(xiaolin)
    answered(city, ticket)
    stranger.read("tickets/")
    before = everything()
    for path in ("", "rate", "reopen", "withdraw"):
        theirs = stranger.read(f"tickets/{ticket.number}/{path}")
        missing = stranger.read(f"tickets/XX-0000-0000/{path}")
        assert theirs.status_code == missing.status_code == 404
        code = r"[0-9A-F]{8}"
        assert re.sub(code, "", text_of(theirs)) == re.sub(code, "", text_of(missing))
    for path, form in (("rate", {"level": "satisfied"}), ("reopen", {"reason": "没有解决问题"})):
        assert stranger.send(f"tickets/{ticket.number}/{path}", **form).status_code == 404
    assert everything() == before
    assert ticket.number not in text_of(stranger.read("tickets/"))


def test_content_closes_and_rates_once(xiaolin: Browser, city: City) -> None:
    ticket = filed(xiaolin)
    answered(city, ticket)
    assert "评价这次办理" in text_of(xiaolin.read(f"tickets/{ticket.number}/"))
    path = f"tickets/{ticket.number}/rate"
    assert xiaolin.send(path, level="excellent").status_code == 422
    long = xiaolin.send(path, level="satisfied", comment="谢" * 501)
    assert long.status_code == 422
    assert "不超过 500 字，现在 501 字" in text_of(long)
    assert "谢" * 501 in long.content.decode()
    assert not Rating.objects.exists()
    assert xiaolin.send(path, level="satisfied", comment="谢谢").status_code == 302
    assert xiaolin.get(f"/m/{APP_ID}/{path}")["Location"].endswith(f"/{ticket.number}/")
    again = xiaolin.send(path, level="dissatisfied")
    assert again.status_code == 422
    assert "已经评价过" in text_of(again)
    assert [each.level for each in Rating.objects.all()] == ["satisfied"]
    assert AuditEntry.objects.filter(verb="ticket.rated").count() == 1


def test_not_content_leads_to_asking_again_and_the_first_answer_stays_readable(
    xiaolin: Browser, city: City
) -> None:
    ticket = filed(xiaolin)
    answered(city, ticket, "第一次的答复在此。")
    sent = xiaolin.send(f"tickets/{ticket.number}/rate", level="very_dissatisfied")
    assert sent["Location"].endswith("/reopen")
    short = xiaolin.send(f"tickets/{ticket.number}/reopen", reason="差")
    assert short.status_code == 422
    sent = xiaolin.send(f"tickets/{ticket.number}/reopen", reason="晚上还是不亮，请再看看")
    assert sent.status_code == 302
    page = text_of(xiaolin.read(f"tickets/{ticket.number}/"))
    assert "重新办理" in page
    assert "第一次的答复在此。" in page
    ticket.refresh_from_db()
    answered(city, ticket, "第二次换了灯头。")
    page = text_of(xiaolin.read(f"tickets/{ticket.number}/"))
    assert page.count("第二次换了灯头。") == 1
    assert page.count("第一次的答复在此。") == 1


def test_after_fifteen_days_a_new_ticket_is_offered(
    xiaolin: Browser, city: City, now: datetime
) -> None:
    ticket = filed(xiaolin)
    answered(city, ticket)
    Ticket.objects.update(answered_at=timezone.now() - timedelta(days=16))
    page = text_of(xiaolin.read(f"tickets/{ticket.number}/reopen"))
    assert f"/m/{APP_ID}/tickets/new" in page
    assert "<textarea" not in page


def test_notes_among_staff_are_not_shown(xiaolin: Browser, city: City) -> None:
    ticket = filed(xiaolin)
    actions.accept(ticket, actor=city.wang, now=timezone.now())
    actions.note(ticket, "此人常来", actor=city.wang, now=timezone.now())
    page = text_of(xiaolin.read(f"tickets/{ticket.number}/"))
    assert "此人常来" not in page
    assert "王芳" not in page
    assert city.police.name in page


def test_a_late_answer_is_said_to_be_late(xiaolin: Browser) -> None:
    ticket = filed(xiaolin)
    Ticket.objects.update(due_at=timezone.now() - timedelta(days=4))
    page = text_of(xiaolin.read(f"tickets/{ticket.number}/"))
    assert "已超期" in page
    assert "致歉" in page


def test_long_lists_have_pages(xiaolin: Browser, city: City) -> None:
    for count in range(23):
        actions.file(
            text=f"第{count:02}件事情，请看一看", citizen=city.xiaolin, account=city.account,
            source="portal", key=f"many{count}", actor=city.xiaolin,
            now=timezone.now() + timedelta(minutes=count),
        )  # fmt: skip
    first, second = text_of(xiaolin.read("tickets/")), text_of(xiaolin.read("tickets/?page=2"))
    assert "第22件" in first
    assert "第02件" not in first
    assert "第02件" in second
    assert "较新的" in second


def test_she_finds_hers_by_words_and_state(xiaolin: Browser, city: City) -> None:
    light = filed(xiaolin, place="东桥小区")
    water = filed(xiaolin, text="自来水压力太低，五楼没有水")
    answered(city, water)
    page = text_of(xiaolin.read("tickets/?q=路灯"))
    assert light.number in page
    assert water.number not in page
    page = text_of(xiaolin.read("tickets/?state=answered"))
    assert water.number in page
    assert light.number not in page
    assert light.number in text_of(xiaolin.read(f"tickets/?q={light.number[:4]}&state=open"))
    nothing = text_of(xiaolin.read("tickets/?q=火星"))
    assert "没有找到符合条件的诉求" in nothing
    assert 'value="火星"' in nothing
    assert light.number in text_of(xiaolin.read("tickets/?state=nonsense&page=99"))


def test_she_takes_her_list_along_and_no_cell_is_a_formula(
    xiaolin: Browser, stranger: Browser
) -> None:
    mine = filed(xiaolin, text="=HYPERLINK(1) 这样开头的内容也只是文字")
    sheet = xiaolin.read("tickets/?sheet=csv")
    assert sheet["Content-Type"].startswith("text/csv")
    assert "attachment" in sheet["Content-Disposition"]
    lines = sheet.content.decode("utf-8-sig").splitlines()
    assert len(lines) == 2
    assert mine.number in lines[1]
    assert "'=HYPERLINK" in lines[1]
    book = xiaolin.read("tickets/?sheet=xlsx&q=没有的词")
    rows = load_workbook(BytesIO(book.content)).get_sheet_by_index(0).to_python()
    assert [row[0] for row in rows] == ["编号"]
    assert mine.number not in stranger.read("tickets/?sheet=csv").content.decode()


def test_the_promise_is_told_in_english_too(xiaolin: Browser) -> None:
    filed(xiaolin)
    xiaolin.cookies["minxin_language"] = "en"
    page = text_of(xiaolin.read("tickets/"))
    assert "working day" in page
    assert "个工作日" not in page


def test_she_reads_the_ledger_and_withdraws_once(xiaolin: Browser, city: City) -> None:
    ticket = filed(xiaolin)
    page = text_of(xiaolin.read(f"tickets/{ticket.number}/"))
    assert "时限台账" in page
    assert ticket.promised_words in page
    assert xiaolin.send(f"tickets/{ticket.number}/withdraw", reason="自己解决了").status_code == 302
    ticket.refresh_from_db()
    assert ticket.status == "withdrawn"
    page = text_of(xiaolin.read(f"tickets/{ticket.number}/"))
    assert "已撤回" in page
    assert "停止计时" in page
    assert xiaolin.send(f"tickets/{ticket.number}/withdraw", reason="").status_code == 422
    assert xiaolin.read(f"tickets/{ticket.number}/withdraw").status_code == 200
