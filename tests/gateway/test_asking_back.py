"""One short question back, and what a dialogue remembers of what was just answered."""

from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from minxin.conversations.actions import erase_text
from minxin.conversations.models import Message
from minxin.knowledge.index import LiveIndex
from minxin.tickets.models import Ticket
from tests.support.city import City
from tests.support.dialogue import Phone
from tests.support.entries import entry

pytestmark = pytest.mark.django_db

MORE = "本人到任一派出所即可补办，约10个工作日取证。\n需要：\n1. 户口簿\n2. 现场拍照、采集指纹\n工本费40元。"


@pytest.fixture
def index(city: City, now: datetime) -> LiveIndex:
    for audience, answer in (("个人", "个人带身份证到大厅。"), ("企业", "企业在网上批量办理。")):
        entry(city.police, "怎样办理居住登记", answer, audience=audience, now=now)
        entry(city.police, "居住登记怎样注销", f"{audience}注销。", audience=audience, now=now)
    entry(city.police, "户口本遗失怎样补领", MORE, variants=("户口本丢了怎么补",), now=now)
    live = LiveIndex()
    live.build()
    return live


def test_it_asks_back_and_takes_number_words_or_tap(phone: Phone) -> None:
    for word, menu in (("2", None), ("企业", None), ("我是企业", None), ("企业", "tap")):
        asked = phone.say("怎样办理居住登记")
        assert "您是哪一种" in asked
        assert "来源：" not in asked
        assert phone.last is not None
        assert not phone.last.is_unknown
        tap = None
        if menu:
            tap = asked.split("msgmenuid=choice:")[2].split('"')[0]
        said = phone.say(word, f"choice:{tap}" if tap else None)
        assert "企业在网上批量办理" in said
        assert "适用对象：企业" in said
        phone.now += timedelta(hours=1)  # what she chose is not remembered any more


def test_what_she_chose_is_remembered_for_the_next_question(phone: Phone) -> None:
    phone.say("怎样办理居住登记")
    phone.say("企业")
    said = phone.say("居住登记怎样注销")
    assert "按您刚才选的“企业”" in said
    assert "企业注销" in said
    phone.now += timedelta(minutes=31)
    assert "您是哪一种" in phone.say("居住登记怎样注销")


def test_it_never_asks_the_same_twice_running(phone: Phone) -> None:
    phone.say("怎样办理居住登记")
    again = phone.say("怎样办理居住登记")
    assert "您是哪一种" not in again
    assert "还没有官方答复" in again


def test_any_other_words_are_a_new_question(phone: Phone) -> None:
    phone.say("怎样办理居住登记")
    assert "任一派出所" in phone.say("身份证丢了怎么补")
    phone.say("怎样办理居住登记")
    assert "好的" in phone.say("算了")
    phone.say("怎样办理居住登记")
    assert "编号" not in phone.say("提交")
    assert not Ticket.objects.exists()


# What was just talked about ----------------------------------------------------------------------


def test_what_is_left_out_is_filled_in_from_the_last_answer(phone: Phone) -> None:
    phone.say("户口本丢了怎么补")
    said = phone.say("那需要什么材料？")
    assert "户口本遗失怎样补领" in said
    assert "1. 户口簿" in said
    assert "40元" not in said
    assert "来源：" in said
    assert "40元" in phone.say("多少钱")
    assert "派出所" in phone.say("在哪办")
    assert "10个工作日" in phone.say("多久能办好")


def test_what_the_answer_does_not_say_is_not_made_up(phone: Phone) -> None:
    phone.say("户口本丢了怎么补")
    said = phone.say("可以代办吗") + phone.say("我是外地户口呢")
    assert "没有写到能不能代办" in said or "本人" in said
    assert "没有写到外地户口" in said


def test_a_condition_finds_the_answer_for_such_people(phone: Phone) -> None:
    phone.say("怎样办理居住登记")
    phone.say("个人")
    assert "企业在网上批量办理" in phone.say("我是企业呢")


def test_a_sister_question_is_answered_by_its_own_entry(
    phone: Phone, city: City, now: datetime
) -> None:
    entry(city.police, "户口本遗失补领收费多少", "补领户口本收10元。", now=now)
    phone.index.refresh()
    phone.say("户口本丢了怎么补")
    assert "收10元" in phone.say("多少钱")


def test_it_is_forgotten_after_half_an_hour(phone: Phone) -> None:
    phone.say("户口本丢了怎么补")
    phone.now += timedelta(minutes=31)
    assert "户口本遗失" not in phone.say("多少钱")


def test_without_an_answer_before_it_is_a_question_like_any_other(phone: Phone) -> None:
    said = phone.say("多少钱")
    assert "还没有官方答复" in said
    assert "来源：" not in said


def test_it_works_after_a_restart_and_keeps_nothing_of_her_words(
    phone: Phone, index: LiveIndex
) -> None:
    phone.say("我叫李小明，户口本丢了怎么补")
    phone.settle()
    later = Phone(phone.now, index)  # another process: nothing but the database is common
    assert "户口本遗失怎样补领" in later.say("需要什么材料")
    assert "李小明" not in later.heard[-1]


def test_it_goes_when_she_unfollows(phone: Phone) -> None:
    phone.say("户口本丢了怎么补")
    phone.settle()
    key = Message.objects.values_list("citizen_id", flat=True)[0]
    erase_text(key)
    assert "户口本遗失" not in phone.say("多少钱")


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["oAaaaaaaaaaaaaaaaaaaaaaaaaa1", "oBbbbbbbbbbbbbbbbbbbbbbbbbb2"]),
        st.sampled_from(["户口本丢了怎么补", "身份证丢了怎么补", "多少钱", "需要什么材料", "你好"]),
    ),
    min_size=2,
    max_size=10,
)


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(STEPS)
def test_nobody_hears_what_another_talked_about(
    city: City, index: LiveIndex, now: datetime, steps: list[tuple[str, str]]
) -> None:
    Message.objects.all().delete()
    phones = {name: Phone(now, index, openid=name) for name, _ in steps}
    last: dict[str, str] = {}
    for name, text in steps:
        phone = phones[name]
        said = phone.say(text)
        phone.settle()
        if text.endswith("怎么补"):
            last[name] = "户口本" if text.startswith("户口本") else "身份证"
        elif text != "你好":
            other = {"户口本": "身份证丢失", "身份证": "户口本遗失"}
            if name not in last:
                assert "关于“" not in said
            else:
                assert other[last[name]] not in said


def test_next_steps_stand_under_the_answer(phone: Phone, city: City, now: datetime) -> None:
    steps = "预约办理：https://city.test/book\n办理地点：政务中心二楼12号窗口"
    entry(city.water, "怎样申请水表过户", next_steps=steps, now=now)
    phone.index.refresh()
    said = phone.say("怎样申请水表过户")
    assert '查看全文</a> | <a href="https://city.test/book">预约办理</a>' in said
    assert "办理地点：政务中心二楼12号窗口" in said
