"""The author of an answer sees what there is to remark while typing, and is told why it was held back."""

from minxin.tickets.models import ReplyCheck
from tests.console.conftest import SignIn, Work
from tests.support.city import City

PRIVATE = "路灯已于11月23日修复，身份证11010519491231002X的申请已登记。"


def test_remarks_come_while_typing_and_nothing_is_kept(
    city: City, work: Work, at_desk: SignIn
) -> None:
    desk = at_desk(city.wang)
    address = f"/console/tickets/{work.ticket.number}/reading/"
    page = desk.post(address, {"answer-text": "我局高度重视，正在研究。"}).content.decode()
    assert "只说了重视或研究" in page
    assert "answer-override" not in page
    page = desk.post(
        address, {"answer-text": PRIVATE, "answer-override": "office"}
    ).content.decode()
    assert "不能发" in page
    assert '<option value="office" selected>' in page
    assert "11010519491231002X" in page
    assert not ReplyCheck.objects.exists()
    empty = desk.post(address, {"answer-text": " "}).content.decode()
    assert "分" not in empty


def test_an_answer_held_back_says_why_keeps_the_words_and_goes_for_a_reason(
    city: City, work: Work, at_desk: SignIn
) -> None:
    desk = at_desk(city.wang)
    address = f"/console/tickets/{work.ticket.number}/"
    desk.post(address, {"act": "accept"})
    typed = {"act": "answer", "answer-text": PRIVATE}
    held = desk.post(address, typed)
    assert held.status_code == 422
    page = held.content.decode()
    assert "答复没有发出" in page
    assert "不放行，我来改" in page
    assert PRIVATE in page
    assert desk.post(address, {**typed, "answer-override": "misread"}).status_code == 302
    page = desk.get(address).content.decode()
    assert "发出时的答复检查" in page
    assert "系统误认" in page


def test_it_is_read_in_english_too(city: City, work: Work, at_desk: SignIn) -> None:
    desk = at_desk(city.wang)
    address = f"/console/tickets/{work.ticket.number}/reading/"
    page = desk.post(
        address, {"answer-text": "我局高度重视，正在研究。"}, headers={"Accept-Language": "en"}
    ).content.decode()
    assert "Reply check" in page
    assert "attention or study only" in page
