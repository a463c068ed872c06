"""What a citizen hears from the index, and what never."""

from datetime import date, datetime, timedelta

import pytest

from minxin.knowledge.actions import retire_entry
from minxin.knowledge.index import LiveIndex
from minxin.knowledge.rules import around, is_for_region, is_near, is_sure
from minxin.knowledge.synonyms import plain
from tests.support.city import SETUP, City
from tests.support.entries import entry

TODAY = date(2026, 11, 24)
REGION = "990100"


def built() -> LiveIndex:
    index = LiveIndex()
    index.build()
    return index


def test_an_answer_names_its_source(city: City, now: datetime) -> None:
    kept = entry(city.police, "居民身份证丢失后怎样补办？", "到任一派出所补办。", now=now)
    found = built().lookup("身份证丢了怎么补办", on=TODAY, region=REGION)
    assert found.answer is not None
    assert found.answer.entry_id == kept.pk
    assert found.answer.text == "到任一派出所补办。"
    assert found.answer.source_title == "云溪市办事指南"
    assert found.answer.issuing_agency == "云溪市公安局"
    assert found.answer.document_number == "云政发〔2026〕1号"


def test_what_nobody_wrote_down_is_not_known(city: City, now: datetime) -> None:
    entry(city.police, "居民身份证丢失后怎样补办？", now=now)
    found = built().lookup("帮我写一首诗", on=TODAY, region=REGION)
    assert found.answer is None
    assert found.near == ()
    assert found.confidence == 0


@pytest.mark.parametrize("question", ["", "   ", "？？！", "的了吗", "a", "\x00", "𠮷" * 5000])
def test_a_question_without_matter_is_not_known(city: City, now: datetime, question: str) -> None:
    entry(city.police, "居民身份证丢失后怎样补办？", now=now)
    assert built().lookup(question, on=TODAY, region=REGION).answer is None


@pytest.mark.parametrize(
    ("valid_from", "valid_until", "is_given"),
    [
        (TODAY, TODAY, True),
        (None, None, True),
        (None, TODAY - timedelta(days=1), False),
        (TODAY + timedelta(days=1), None, False),
    ],
)
def test_an_entry_is_given_in_its_time_only(
    city: City, now: datetime, valid_from: date | None, valid_until: date | None, is_given: bool
) -> None:
    question = "普通护照怎样申请？"
    entry(city.police, question, now=now, valid_from=valid_from, valid_until=valid_until)
    for asked in (question, "怎么申请护照"):  # letter by letter, and near
        found = built().lookup(asked, on=TODAY, region=REGION)
        assert (found.answer is not None) == is_given
        assert is_given or found.near == ()


def test_the_same_question_is_answered_by_the_entry_in_force(city: City, now: datetime) -> None:
    question = "居民用水价格是多少？"
    until = date(2026, 12, 31)
    old = entry(city.water, question, "每吨两元。", now=now, valid_until=until)
    new = entry(city.water, question, "每吨三元。", now=now, valid_from=date(2027, 1, 1))
    index = built()
    answers = {
        on: index.lookup("水费多少钱", on=on, region=REGION).answer
        for on in (until, until + timedelta(days=1))
    }
    assert [answer and answer.entry_id for answer in answers.values()] == [old.pk, new.pk]


@pytest.mark.parametrize("status", ["draft", "retired"])
def test_only_what_is_published_is_given(city: City, now: datetime, status: str) -> None:
    entry(city.police, "普通护照怎样申请？", now=now, status=status)
    found = built().lookup("普通护照怎样申请？", on=TODAY, region=REGION)
    assert (found.answer, found.near) == (None, ())


def test_retiring_takes_an_answer_away(city: City, now: datetime) -> None:
    kept = entry(city.police, "普通护照怎样申请？", now=now)
    index = built()
    assert index.lookup("普通护照怎样申请？", on=TODAY).answer is not None
    retire_entry(kept, reason="政策已废止", actor=SETUP, now=now)
    assert index.refresh()
    found = index.lookup("普通护照怎样申请？", on=TODAY)
    assert (found.answer, found.near) == (None, ())
    assert not index.refresh()  # nothing more to take in


def test_an_entry_of_another_district_is_neither_given_nor_offered(
    city: City, now: datetime
) -> None:
    entry(city.police, "小学一年级新生入学如何报名？", now=now, region_code="990102")
    index = built()
    assert index.lookup("小学一年级怎么报名入学", on=TODAY, region="990102").answer is not None
    elsewhere = index.lookup("小学一年级怎么报名入学", on=TODAY, region="990103")
    assert (elsewhere.answer, elsewhere.near) == (None, ())


def test_forty_other_districts_do_not_hide_ones_own(city: City, now: datetime) -> None:
    for number in range(40):
        entry(city.police, "小学一年级新生怎样报名？", now=now, region_code=f"9902{number:02}")
    own = entry(city.police, "小学一年级新生入学怎样在网上报名？", now=now, region_code="990100")
    found = built().lookup("小学一年级新生怎样报名？", on=TODAY, region=REGION)
    offered = [near.entry_id for near in found.near]
    assert (found.answer and found.answer.entry_id) == own.pk or offered == [own.pk]


@pytest.mark.parametrize(
    ("entry_region", "region", "holds"),
    [
        ("", "990102", True),
        ("990000", "990102", True),
        ("990100", "990102", True),
        ("990102", "990102", True),
        ("990102", "990100", False),
        ("990103", "990102", False),
        ("110000", "990102", False),
        ("990110", "990112", False),
        ("990110", "990110", True),
        ("990102001", "990102001003", True),
        ("990102001", "990102002003", False),
    ],
)
def test_an_entry_holds_in_its_area_and_below(entry_region: str, region: str, holds: bool) -> None:
    assert is_for_region(entry_region, region) == holds
    assert (entry_region in around(region)) == holds


def test_a_makeshift_is_not_given_for_what_has_expired(city: City, now: datetime) -> None:
    over = date(2026, 6, 30)
    entry(city.police, "青禾区夜间路边可以停车吗？", now=now, valid_until=over)
    other = entry(city.police, "道路停车怎样收费？", now=now)
    found = built().lookup("青禾区夜间路边可以停车吗", on=TODAY, region=REGION)
    assert found.answer is None
    assert {near.entry_id for near in found.near} <= {other.pk}


def test_near_questions_are_offered_when_it_is_not_sure(city: City, now: datetime) -> None:
    about = ["购买住房如何提取住房公积金？", "租房如何提取住房公积金？", "离职后如何提取住房公积金？",
             "住房公积金贷款最高额度是多少？"]  # fmt: skip
    for question in about:
        entry(city.root, question, now=now)
    found = built().lookup("公积金", on=TODAY, region=REGION)
    assert found.answer is None
    assert len(found.near) == 3
    assert {near.question for near in found.near} <= set(about)


def test_the_same_question_hears_the_same(city: City, now: datetime) -> None:
    for number in range(12):
        entry(city.police, f"第{number}种居住证怎样申领？", now=now)
    first, second = built(), built()
    for asked in ("居住证怎么领", "居住证", "第3种居住证怎样申领"):
        assert first.lookup(asked, on=TODAY) == second.lookup(asked, on=TODAY)
        assert first.lookup(asked, on=TODAY) == first.lookup(f" {asked} ", on=TODAY)


def test_a_story_around_the_question_does_not_hide_it(city: City, now: datetime) -> None:
    for question in ("居住证丢失后怎样补办？", "居住证到期后怎样签注？", "居住证怎样注销？"):
        entry(city.police, question, now=now)
    entry(city.water, "水费怎样缴纳？", now=now)
    found = built().lookup("你好，我住12号楼3单元，居住证丢了怎么补办呀，谢谢", on=TODAY).answer
    assert found is not None
    assert found.question == "居住证丢失后怎样补办？"


def test_every_way_of_asking_counts(city: City, now: datetime) -> None:
    kept = entry(
        city.water, "自来水报装如何办理？", now=now, variants=("新房子怎么通水", "水表怎么装")
    )
    index = built()
    for asked in ("新房子怎么通水", "ＷＡＴＥＲ？水表怎么装"):
        found = index.lookup(asked, on=TODAY)
        assert found.answer is not None, asked
        assert found.answer.entry_id == kept.pk


def test_where_and_how_are_told_apart(city: City, now: datetime) -> None:
    how = entry(city.police, "居住证怎样办理？", now=now)
    where = entry(city.police, "居住证在哪里办理？", now=now)
    index = built()
    for asked, meant in (("请问居住证在哪里办理呀", where), ("居住证怎样办理呢", how)):
        found = index.lookup(asked, on=TODAY).answer
        assert found is not None
        assert found.entry_id == meant.pk


def test_a_question_of_form_words_alone_is_known_by_its_letters(city: City, now: datetime) -> None:
    kept = entry(city.root, "你好", "您好，请问要办什么事？", now=now)
    index = built()
    found = index.lookup("你好！", on=TODAY).answer
    assert found is not None
    assert found.entry_id == kept.pk
    assert index.lookup("怎么办", on=TODAY).answer is None


def test_lookup_reads_no_database(
    city: City, now: datetime, django_assert_num_queries: object
) -> None:
    entry(city.police, "普通护照怎样申请？", now=now)
    index = built()
    with django_assert_num_queries(0):  # type: ignore[operator]
        assert index.lookup("怎么申请护照", on=TODAY).answer is not None


def test_everyday_words_are_understood() -> None:
    assert plain("身份证掉了") == plain("居民身份证遗失")
    assert plain("驾照过期了怎么换新的") == plain("机动车驾驶证到期了怎么换领")
    assert plain("社会保障卡") != plain("社会保险")


def test_of_two_equally_good_entries_none_is_given() -> None:
    assert not is_sure(0.7, 0.69)
    assert is_sure(0.7, 0.5)
    assert is_sure(0.95, 0.94)
    assert not is_sure(0.3, 0.0)


def test_a_question_about_something_else_is_not_offered_for_when_and_where(
    city: City, now: datetime
) -> None:
    entry(city.root, "每年什么时候开始供暖", now=now)
    entry(city.root, "附近的公厕怎样查找", now=now)
    entry(city.root, "孩子生病怎样办理休学", now=now)
    index = LiveIndex()
    index.build()
    for elsewhere in ("我买的股票基金什么时候才能涨回来", "附近哪里有好吃的羊肉火锅"):
        assert index.lookup(elsewhere, on=TODAY).near == ()
    about = index.lookup("小猫生病了去看哪个医生", on=TODAY)
    assert [near.question for near in about.near] == ["孩子生病怎样办理休学"]


@pytest.mark.parametrize(
    ("shared", "share", "is_offered"),
    [
        ({"时候", "时", "候"}, 0.3, False),
        ({"时候", "时", "候"}, 0.35, True),
        ({"供暖", "时候"}, 0.2, True),
        ({"犬"}, 0.2, True),
        (set(), 0.0, False),
    ],
)
def test_near_means_about_the_same_thing(shared: set[str], share: float, is_offered: bool) -> None:
    assert is_near(frozenset(shared), share) is is_offered


def test_words_typed_by_their_sound_find_the_answer_and_say_how_they_were_read(
    city: City, now: datetime
) -> None:
    entry(city.police, "落户需要什么材料？", "带户口簿。", now=now)
    entry(city.police, "护照需要什么材料？", "带身份证。", now=now)
    index = LiveIndex()
    index.build()
    found = index.lookup("请问落胡需要什么材料", on=TODAY)
    assert found.answer is not None
    assert found.answer.text == "带户口簿。"
    assert found.corrected == "落户需要什么材料"
    right = index.lookup("落户需要什么材料", on=TODAY)
    assert right.answer is not None
    assert right.corrected == ""
    traditional = index.lookup("落戶需要什麼材料", on=TODAY)
    assert traditional.answer == found.answer
    assert traditional.corrected == ""


def test_a_question_about_something_else_is_not_bent_to_what_is_known(
    city: City, now: datetime
) -> None:
    entry(city.police, "落户需要什么材料？", now=now)
    index = LiveIndex()
    index.build()
    for question in ("爆笑视频在哪看", "湖边钓鱼要证吗", "络绎不绝"):
        found = index.lookup(question, on=TODAY)
        assert found.answer is None
        assert found.corrected == ""
