"""What the city did not know: counted, masked, made into entries."""

from datetime import date, datetime, timedelta

from minxin.agencies.models import AuditEntry
from minxin.knowledge.actions import answer_unanswered, dismiss_unanswered, record_unanswered
from minxin.knowledge.index import LiveIndex
from minxin.knowledge.models import UnansweredQuestion
from minxin.knowledge.queries import unanswered_visible_to
from tests.knowledge.conftest import Editors
from tests.knowledge.drafts import draft
from tests.support.city import City


def test_the_same_question_is_counted_once_more(city: City, now: datetime) -> None:
    later = now + timedelta(hours=1)
    record_unanswered([(city.police.pk, "居住证能邮寄吗？")], now=now)
    record_unanswered(
        [(city.police.pk, " 居住证 能邮寄吗"), (city.water.pk, "居住证能邮寄吗")], now=later
    )
    first, other = UnansweredQuestion.objects.order_by("id")
    assert (first.times, first.first_asked_at, first.last_asked_at) == (2, now, later)
    assert (other.times, other.agency) == (1, city.water)


def test_other_words_for_the_same_are_the_same_question(city: City, now: datetime) -> None:
    for text in (
        "身份证丢了能邮寄吗",
        "请问居民身份证遗失，能邮寄吗？",
        "能邮寄吗，我的身份证弄丢了",
    ):
        record_unanswered([(city.police.pk, text)], now=now)
    record_unanswered([(city.police.pk, "社保卡丢了能邮寄吗")], now=now)
    counted = UnansweredQuestion.objects.order_by("id").values_list("times", flat=True)
    assert list(counted) == [3, 1]


def test_private_data_is_not_kept(city: City, now: datetime) -> None:
    record_unanswered([(city.police.pk, "我的电话13800138000为什么打不通")], now=now)
    record_unanswered([(city.police.pk, "我的电话13900139000为什么打不通")], now=now)
    kept = [question.text for question in UnansweredQuestion.objects.all()]
    assert kept
    assert all("00138000" not in text and "00139000" not in text for text in kept)
    assert all("*" in text for text in kept)


def test_a_grunt_is_not_a_question(city: City, now: datetime) -> None:
    record_unanswered([(city.police.pk, text) for text in ("啊", "？？？", "", "ok")], now=now)
    assert not UnansweredQuestion.objects.exists()


def test_a_very_long_question_is_cut(city: City, now: datetime) -> None:
    record_unanswered([(city.police.pk, "居住证" * 1000)], now=now)
    assert len(UnansweredQuestion.objects.get().text) == 300


def test_an_entry_is_made_of_a_question_and_answers_it(
    city: City, editors: Editors, now: datetime
) -> None:
    record_unanswered([(city.police.pk, "小电驴怎么挂牌")], now=now)
    asked = unanswered_visible_to(editors.li).get()
    made = answer_unanswered(
        asked,
        draft("电动自行车怎样登记上牌？", "到车管所登记。"),
        agency=city.police,
        actor=editors.li,
        now=now,
    )
    asked.refresh_from_db()
    assert (asked.status, asked.entry) == ("answered", made)
    assert AuditEntry.objects.filter(verb="unanswered.answered").exists()
    index = LiveIndex()
    index.build()
    found = index.lookup("小电驴怎么挂牌", on=date(2026, 11, 24)).answer
    assert found is not None
    assert found.text == "到车管所登记。"


def test_a_dismissed_question_stays_dismissed(city: City, editors: Editors, now: datetime) -> None:
    record_unanswered([(city.police.pk, "给我讲个笑话吧")], now=now)
    dismiss_unanswered(UnansweredQuestion.objects.get(), actor=editors.li, now=now)
    record_unanswered([(city.police.pk, "给我讲个笑话吧")], now=now)
    kept = UnansweredQuestion.objects.get()
    assert (kept.status, kept.times) == ("dismissed", 2)
