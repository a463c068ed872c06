"""When a question has two readings, and how the words that choose one are read."""

from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minxin.core.errors import Refused
from minxin.knowledge.index import LiveIndex
from minxin.knowledge.rules.choices import chosen_by, is_below
from minxin.knowledge.rules.followups import followed_up, told
from minxin.knowledge.rules.steps import Step, fault_of_steps, steps_of
from tests.support.city import City, build_city
from tests.support.entries import entry

ON = date(2026, 11, 24)


@pytest.fixture
def city(db: None, now: datetime) -> City:
    return build_city(now)


def index() -> LiveIndex:
    live = LiveIndex()
    live.build()
    return live


def test_entries_for_different_people_are_asked_back(city: City, now: datetime) -> None:
    person = entry(city.police, "怎样办理居住登记", "个人到派出所。", audience="个人", now=now)
    firm = entry(city.police, "怎样办理居住登记", "企业网上批量办。", audience="企业", now=now)
    live = index()
    found = live.lookup("怎样办理居住登记", on=ON, region="990100")
    assert found.answer is None
    assert [(each.entry_id, each.words, each.by) for each in found.choices] == [
        (person.pk, "个人", "audience"),
        (firm.pk, "企业", "audience"),
    ]
    named = live.lookup("企业怎样办理居住登记", on=ON, region="990100")
    assert named.answer is not None
    assert named.answer.entry_id == firm.pk


def test_entries_of_two_districts_are_asked_back_in_the_city_alone(
    city: City, now: datetime
) -> None:
    here = entry(
        city.police, "怎样领取独生子女补贴", "青禾区到社区领。", region_code="330102", now=now
    )
    entry(city.police, "怎样领取独生子女补贴", "临湾区到街道领。", region_code="330106", now=now)
    live = index()
    found = live.lookup("怎样领取独生子女补贴", on=ON, region="330100")
    assert found.answer is None
    assert {each.by for each in found.choices} == {"region"}
    assert len(found.choices) == 2
    in_district = live.lookup("怎样领取独生子女补贴", on=ON, region="330102")
    assert in_district.answer is not None
    assert in_district.answer.entry_id == here.pk
    assert not in_district.choices
    assert live.answer(here.pk, on=ON, region="330100") is not None
    assert live.answer(here.pk, on=ON, region="330106") is None


def test_one_expired_reading_is_no_reading(city: City, now: datetime) -> None:
    entry(city.police, "怎样办理居住登记", audience="个人", now=now)
    entry(city.police, "怎样办理居住登记", audience="企业", valid_until=date(2026, 1, 2), now=now)
    found = index().lookup("怎样办理居住登记", on=ON, region="990100")
    assert found.answer is not None
    assert not found.choices


def test_entries_without_labels_are_answered_as_before(city: City, now: datetime) -> None:
    entry(city.police, "怎样办理居住登记", now=now)
    entry(city.police, "怎样办理居住登记", now=now)
    assert index().lookup("怎样办理居住登记", on=ON, region="990100").answer is not None


@pytest.mark.parametrize(
    ("words", "place"),
    [
        ("1", 0),
        ("2", 1),
        ("3", None),
        ("0", None),
        ("企业", 1),
        ("我是企业", 1),
        ("个人的", 0),
        ("青禾", None),
        ("随便", None),
    ],
)
def test_words_choose_one_reading_or_none(words: str, place: int | None) -> None:
    assert chosen_by(words, ["个人", "企业"]) == place


def test_a_condition_chooses_what_it_shares_most_with() -> None:
    assert chosen_by("外地户口", ["本地户籍", "外地户籍"]) == 1
    assert chosen_by("户口", ["本地户籍", "外地户籍"]) is None
    assert chosen_by("青禾", ["青禾区", "临湾区"]) == 0


@given(st.text(max_size=12), st.lists(st.text(min_size=1, max_size=6), max_size=6))
def test_a_choice_is_one_of_those_offered(words: str, names: list[str]) -> None:
    place = chosen_by(words, names)
    assert place is None or 0 <= place < len(names)


@given(st.text("0123456789", max_size=12), st.text("0123456789", max_size=12))
def test_only_a_part_is_below(entry_region: str, region: str) -> None:
    assert not (is_below(entry_region, region) and is_below(region, entry_region))


FOLLOW_UPS = {
    "需要的材料": ["那需要什么材料？", "要带什么", "需要准备哪些证件呢", "要什么材料", "都要哪些资料", "要带啥", "材料呢"],
    "办理地点": ["在哪办", "去哪里办理", "在哪里申请", "找谁办", "地址在哪", "哪个部门办"],
    "费用": ["多少钱", "收费吗", "要不要钱", "要收费吗", "需要多少费用", "免费吗"],
    "办理时间": ["多久能办好", "几天能拿到", "要多长时间", "多少个工作日", "什么时候能拿到"],
    "办公时间": ["周末上班吗", "几点下班", "什么时间上班", "周六能办吗"],
    "能不能网上办": ["能网上办吗", "手机上能办吗", "网上可以申请吗"],
    "能不能代办": ["可以代办吗", "家人能代办吗", "能找人代办吗"],
    "联系电话": ["电话多少", "咨询电话是多少"],
}  # fmt: skip
CONDITIONS = [
    "我是外地户口呢",
    "如果孩子没有户口呢",
    "要是身份证过期了呢",
    "我是企业呢",
    "假如我在外地怎么办",
]
NONE = [
    "身份证丢了怎么补", "身份证要什么材料", "公积金怎么提取", "水费在哪交", "今天天气怎么样", "居住证多少钱", "不动产登记多久能办好", "我要反映", "人工",
    "进度", "你好", "满意", "1", "我是来问路的", "结婚登记周末上班吗", "社保可以网上办吗", "停水到什么时候", "护照几天能拿到", "公交几点下班",
]  # fmt: skip


@pytest.mark.parametrize(("name", "text"), [(n, t) for n, all_ in FOLLOW_UPS.items() for t in all_])
def test_what_leaves_out_its_matter_is_known(name: str, text: str) -> None:
    found = followed_up(text.strip("？?"))
    assert found is not None
    assert found.name == name


@pytest.mark.parametrize("text", CONDITIONS)
def test_a_condition_is_known(text: str) -> None:
    found = followed_up(text)
    assert found is not None
    assert found.is_condition


@pytest.mark.parametrize("text", NONE)
def test_what_names_its_matter_is_no_follow_up(text: str) -> None:
    assert followed_up(text) is None


@given(st.text(max_size=60), st.sampled_from([t for all_ in FOLLOW_UPS.values() for t in all_]))
def test_what_is_told_stands_in_the_answer(text: str, asked: str) -> None:
    aspect = followed_up(asked.strip("？?"))
    assert aspect is not None
    bundle = told(text + "需要：\n1. 户口簿\n2. 照片\n收费40元。", aspect)
    if bundle is not None:
        for each in bundle.sentences:
            assert each.text in bundle.passages[0].text


def test_steps_are_read_and_refused(city: City, now: datetime) -> None:
    assert steps_of("预约办理：https://city.test/1\n办理地点：政务中心二楼") == (
        Step("预约办理", "", "https://city.test/1"),
        Step("办理地点", "政务中心二楼", ""),
    )
    assert fault_of_steps("预约办理") == "预约办理"
    assert fault_of_steps("a：1\nb：2\nc：3\nd：4\ne：5") == "e：5"
    with pytest.raises(Refused):
        entry(city.police, "怎样办理居住登记", next_steps="胡写", now=now)
