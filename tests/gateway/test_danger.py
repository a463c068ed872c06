"""自杀, 家暴, 拐骗: the number at once, a person, and nothing lost on the way."""

from datetime import UTC, datetime, timedelta

import pytest

from minxin.agencies.models import StaffNotice
from minxin.conversations import actions, queries
from minxin.conversations.models import Dialogue, Hotline, SafetyRule
from minxin.core.errors import NotFound, Refused
from minxin.gateway.pace import SPAN, Pace, Speed
from minxin.gateway.safety import SafetyNet
from minxin.knowledge.index import LiveIndex
from minxin.tickets.models import Ticket
from tests.support.city import City
from tests.support.dialogue import Phone

pytestmark = pytest.mark.django_db


def line_of(phone: Phone) -> Dialogue:
    return Dialogue.objects.get()


def test_the_number_is_told_at_once_and_a_person_is_wanted(phone: Phone, city: City) -> None:
    said = phone.say("我不想活了")
    assert "120" in said
    assert "110" in said
    assert "工作人员" in said
    assert "来源：" not in said
    row = line_of(phone)
    assert row.urgent_for == "有轻生或自伤的话"
    assert row.wants_person_at is not None
    told = StaffNotice.objects.filter(kind="distress")
    assert city.wang.pk in set(told.values_list("staff_id", flat=True))


def test_it_stands_first_in_the_inbox_until_it_is_answered(phone: Phone, city: City) -> None:
    other = Phone(phone.now, phone.index, openid="oOther0000000000000000000001")
    other.say("人工")
    phone.say("孩子不见了")
    now = phone.now + timedelta(minutes=5)
    first = queries.standing(queries.inbox(city.wang, now=now), 5)[0]
    assert first.urgent_for
    row = line_of_key(first.key)
    actions.answer_as_staff(row, "我们已经联系警方。", key="x", actor=city.wang, now=now)
    assert not line_of_key(first.key).urgent_for


def line_of_key(key: str) -> Dialogue:
    return Dialogue.objects.select_related("account__agency", "attended_by", "handled_by").get(
        pk=key
    )


def test_out_of_hours_it_is_said_that_nobody_may_be_there(city: City, index: LiveIndex) -> None:
    saturday_night = datetime(2026, 11, 28, 15, 0, tzinfo=UTC)
    said = Phone(saturday_night, index).say("老公打我")
    assert "110" in said
    assert "不是工作时间" in said
    assert Dialogue.objects.get().urgent_at is not None


def test_a_person_who_answers_is_told_once_and_not_talked_over(phone: Phone, city: City) -> None:
    phone.say("人工")
    actions.attend(line_of(phone), actor=city.wang, now=phone.now)
    assert "110" in phone.say("他要杀了我")
    assert phone.say("他要杀了我") == ""


def test_what_she_was_filling_in_goes_on(phone: Phone) -> None:
    phone.say("我要反映")
    said = phone.say("隔壁天天虐待孩子，没人管")
    assert "110" in said
    assert "地点" in said
    phone.say("幸福路12号")
    phone.say("确认")
    assert "虐待孩子" in Ticket.objects.get().text


def test_a_report_on_an_official_stays_apart_even_then(phone: Phone) -> None:
    said = phone.say("局长收了他的钱，我不想活了")
    assert "120" in said
    if "12388" in said:
        assert Dialogue.objects.get().urgent_at is not None


def test_a_question_with_such_a_sound_is_answered(phone: Phone) -> None:
    assert "来源：" in phone.say("身份证丢了怎么补")
    assert line_of(phone).urgent_at is None


def test_a_region_has_its_own_number_and_may_switch_one_off(city: City) -> None:
    now = datetime(2026, 11, 27, tzinfo=UTC)
    Hotline.objects.create(
        code="police", name="云溪110", number="110", region_code="330100", changed_at=now
    )
    Hotline.objects.create(
        code="ambulance",
        name="停",
        number="120",
        region_code="330100",
        is_active=False,
        changed_at=now,
    )
    net = SafetyNet(*queries.safety_rows())
    here = net.heard("老公打我", "330102")
    there = net.heard("老公打我", "440100")
    assert here is not None
    assert there is not None
    assert here.hotlines == (("云溪110", "110"),)
    assert ("医疗急救", "120") in there.hotlines


def test_without_a_number_nothing_is_heard(city: City) -> None:
    Hotline.objects.update(is_active=False)
    assert SafetyNet(*queries.safety_rows()).heard("老公打我", "") is None


def test_only_who_keeps_the_root_changes_it(city: City, now: datetime) -> None:
    before = SafetyRule.objects.get(code="fire").phrases
    with pytest.raises((NotFound, Refused)):
        actions.keep_hotline(code="police", name="假", number="114", actor=city.wang, now=now)
    assert SafetyRule.objects.get(code="fire").phrases == before
    assert Hotline.objects.get(code="police", region_code="").number == "110"


def test_the_version_changes_with_a_row(city: City, now: datetime) -> None:
    before = queries.safety_version()
    Hotline.objects.filter(code="police").update(changed_at=now + timedelta(days=400))
    assert queries.safety_version() != before


# The pace -------------------------------------------------------------------------------------


def test_who_asks_too_fast_is_told_once_and_others_are_not(phone: Phone) -> None:
    phone.speed = Speed.SLOW_DOWN
    said = phone.say("身份证丢了怎么补")
    assert "太快" in said
    assert "没有丢" in said
    phone.speed = Speed.TOLD
    assert phone.say("身份证丢了怎么补") == ""
    assert "110" in phone.say("老公打我"), "danger is heard at any pace"
    phone.speed = Speed.FINE
    assert "来源：" in phone.say("身份证丢了怎么补")


def test_the_pace_counts_each_alone_and_forgets() -> None:
    pace = Pace(3)
    at = 1_000_000.0 * SPAN
    assert [pace.of("a", at) for _ in range(5)] == [Speed.FINE] * 3 + [Speed.SLOW_DOWN, Speed.TOLD]
    assert pace.of("b", at) is Speed.FINE
    assert pace.of("a", at + SPAN) is Speed.FINE
    assert all(Pace(0).of("a", at) is Speed.FINE for _ in range(100))


def test_two_thousand_characters_are_answered_in_words(phone: Phone) -> None:
    assert phone.say("我想问" * 700) != ""
    assert phone.say("身份证丢了怎么补。" + "说来话长，" * 400)


# Small talk -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("你好", "您好，这里是"), ("在吗？", "您好，这里是"), ("谢谢！", "不客气"), ("再见", "随时来问"), ("你是机器人吗", "自动应答"),
        ("垃圾系统！", "很抱歉"), ("你们就是一群骗子", "很抱歉"), ("什么玩意", "很抱歉"),
    ],
)  # fmt: skip
def test_small_talk_is_met_calmly(phone: Phone, text: str, words: str) -> None:
    said = phone.say(text)
    assert words in said
    assert "来源：" not in said
    assert phone.last is not None
    assert not phone.last.is_unknown


@pytest.mark.parametrize(
    "text", ["垃圾没人收", "垃圾分类", "骗子电话", "你好，身份证丢了怎么补", "投诉骗子公司"]
)
def test_a_matter_is_no_small_talk(phone: Phone, text: str) -> None:
    said = phone.say(text)
    assert "很抱歉没有帮到您" not in said
    assert not said.startswith("您好，这里是")
