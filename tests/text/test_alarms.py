"""Phrases that are heard, and where they are not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minxin.conversations.rules.safety import lines_of
from minxin.conversations.rules.shipped_safety import HOTLINES, RULES
from minxin.text import Alarms, AlarmSet

SHIPPED = Alarms([AlarmSet(row[0], lines_of(row[2]), lines_of(row[3])) for row in RULES])

HEARD = {
    "self-harm": [
        "我不想活了", "活着没意思，想自杀", "我想死", "刚喝了农药怎么办", "我朋友割腕了", "楼顶有人要跳楼", "吃了半瓶安眠药",
        "我 想 死", "活不下去了，谁来帮帮我", "想輕生", "死了算了",
    ],
    "violence": [
        "老公打我", "我老公喝醉了又打我", "被家暴了怎么办", "前夫拿刀砍门", "有人一直跟踪我", "他说要杀了我", "我被他锁在家里",
        "救命啊", "邻居虐待孩子", "家庭暴力找谁",
    ],
    "abduction": ["孩子不见了", "我女儿被人拐骗走了", "怀疑碰到人贩子", "老人走丢了", "弟弟被骗到缅甸回不来了", "儿子失踪两天了"],
    "injury": ["有人晕倒了", "路上有人受伤", "我爸昏迷了", "孩子触电了", "煤气中毒了", "流了很多血", "快帮我叫救护车", "被困在电梯里"],
    "fire": ["我家着火了", "楼下起火了", "燃气泄漏了", "闻到天然气泄漏的味道"],
}  # fmt: skip
NOT_HEARD = [
    "我要死了热死了", "杀虫剂在哪买", "热得想死", "想死你了", "自杀式停车", "反家暴法什么时候实施", "防溺水宣传什么时候开始", "笑死我了",
    "急死人了", "累死了", "烦死了，系统打不开", "打死结怎么解", "工伤认定要多久", "孩子的户口本不见了", "身份证丢了怎么补", "我家狗走丢了怎么办",
    "给我打电话", "他们打我电话让我来问", "你打我这个号码", "老公的医保怎么交", "老公打工的单位没交社保", "救命钱什么时候退", "吃上火了", "公司快不行了怎么申请补贴", "怎么举报打击拐卖不力",
    "失踪人口多久注销户口", "去年工地有人受伤没赔钱", "自杀的不算工伤吗", "企业贷款还不上活不下去了", "跳楼机安全吗", "跳绳比赛", "触电保护器",
    "电动车着火点在哪里", "公交车什么时候发车", "摇号多久", "拐角处路灯坏了", "请问怎么落户", "灭火器检查", "杀猪点审批", "打疫苗", "不想活动了",
]  # fmt: skip


@pytest.mark.parametrize(
    ("label", "text"), [(label, text) for label, texts in HEARD.items() for text in texts]
)
def test_danger_is_heard(label: str, text: str) -> None:
    heard = SHIPPED.find(text)
    assert heard is not None
    assert heard.label == label


@pytest.mark.parametrize("text", NOT_HEARD)
def test_what_only_sounds_like_it_is_not(text: str) -> None:
    assert SHIPPED.find(text) is None


def test_dots_stay_inside_a_sentence() -> None:
    alarms = Alarms([AlarmSet("x", ("老公…打我",))])
    assert alarms.find("老公昨天晚上打我") is not None
    assert alarms.find("老公出差了。谁打我电话") is None
    assert alarms.find("老公" + "很" * 11 + "打我") is None


def test_of_two_the_first_set_is_told() -> None:
    alarms = Alarms([AlarmSet("first", ("自杀",)), AlarmSet("second", ("家暴",))])
    heard = alarms.find("被家暴想自杀")
    assert heard is not None
    assert heard.label == "first"


def test_an_exception_bars_its_own_place_alone() -> None:
    alarms = Alarms([AlarmSet("x", ("自杀",), ("预防自杀",))])
    assert alarms.find("预防自杀讲座") is None
    assert alarms.find("讲座叫预防自杀，可是我想自杀") is not None


def test_nothing_to_listen_for_hears_nothing() -> None:
    assert Alarms([]).find("自杀") is None
    assert Alarms([AlarmSet("x", ("…", " "))]).find("自杀") is None


@given(st.text(max_size=40), st.text(max_size=40))
def test_a_phrase_is_heard_whatever_stands_around_it(before: str, after: str) -> None:
    assert Alarms([AlarmSet("x", ("不想活了",))]).find(f"{before} 不想活了 {after}") is not None


@given(st.text(max_size=60))
def test_what_is_heard_stands_in_the_text(text: str) -> None:
    heard = SHIPPED.find(text)
    if heard is not None:
        assert heard.said


def test_every_shipped_set_tells_a_shipped_number() -> None:
    codes = {row[0] for row in HOTLINES}
    for row in RULES:
        assert set(row[5].split(",")) <= codes
