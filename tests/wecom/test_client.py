"""企业微信: our client and the simulator agree, and each error is told in words."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from minxin import wecom
from minxin.wecom import MemoryTokenStore, WecomError, WecomUnreachable
from tests.support.wechat import WeChat, wechat_process

CORP, SECRET, AGENT, KEY = "wwcorp0001", "s3cretOfTheApp", 1000002, "robot-key-0001"
SEND = "/wecom/cgi-bin/message/send"


@pytest.fixture(scope="module")
def there(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WeChat]:
    with wechat_process(tmp_path_factory.mktemp("wecom")) as process:
        app = {"corp_id": CORP, "agent_id": AGENT, "secret": SECRET, "members": ["hetao", "LiNa"]}
        process.post("wecom", app=app)
        process.post("wecom", robot={"key": KEY, "name": "值班群", "a_minute": 3})
        yield process


@pytest.fixture
def client(there: WeChat) -> Iterator[wecom.Client]:
    there.mend()
    with client_at(there) as one:
        yield one


def client_at(there: WeChat, **changes: Any) -> wecom.Client:
    known: dict[str, Any] = {"corp_id": CORP, "secret": SECRET, "agent_id": AGENT} | changes
    return wecom.Client(
        known["corp_id"], known["secret"], known["agent_id"],
        store=known.get("store") or MemoryTokenStore(), base_url=f"{there.base}/wecom", timeout=3,
    )  # fmt: skip


def seen(there: WeChat, to: str) -> list[Any]:
    answer = httpx.get(f"{there.base}/sim/wecom/seen", params={"to": to})
    found: list[Any] = answer.json()
    return found


def card(client: wecom.Client, title: str, member: str = "hetao") -> str:
    return client.send_card(
        member, title=title, text="两件事等您。", link="http://127.0.0.1/console/", more="去办理"
    )


def test_a_card_arrives_and_the_same_card_arrives_once(there: WeChat, client: wecom.Client) -> None:
    assert card(client, "今日提醒")
    assert card(client, "今日提醒")
    assert [each["content"]["title"] for each in seen(there, "hetao")] == ["今日提醒"]
    card(client, "另一条")
    assert len(seen(there, "hetao")) == 2
    client.send_text("LiNa", "文字")
    client.send_markdown("LiNa", "**粗体**")
    assert [each["type"] for each in seen(there, "LiNa")] == ["markdown", "text"]
    page = httpx.get(f"{there.base}/wecom").text
    assert "今日提醒" in page
    assert "style=" not in page


def test_an_answer_that_is_lost_may_be_asked_again_without_a_second_message(
    there: WeChat, client: wecom.Client
) -> None:
    there.fault(SEND, "lost_reply", times=1)
    with pytest.raises(WecomUnreachable) as lost:
        card(client, "丢了回执")
    assert lost.value.may_have_happened
    card(client, "丢了回执")
    titles = [each["content"]["title"] for each in seen(there, "hetao")]
    assert titles.count("丢了回执") == 1


def test_an_expired_token_costs_one_renewal_and_a_stubborn_one_is_told(
    there: WeChat, client: wecom.Client
) -> None:
    there.fault(SEND, "expired_token", times=1)
    assert card(client, "换一次凭证")
    there.fault(SEND, "expired_token", times=5)
    with pytest.raises(WecomError) as stubborn:
        card(client, "一直过期")
    assert stubborn.value.code == 42001
    left = httpx.get(f"{there.base}/sim/faults").json()
    assert left[0]["times"] == 3  # two calls, not five


@pytest.mark.parametrize(
    ("changes", "member", "code"),
    [
        ({"corp_id": "wwnobody"}, "hetao", 40013),
        ({"secret": "not-the-secret"}, "hetao", 40001),
        ({"agent_id": 7}, "hetao", 40056),
        ({}, "nobody", 81013),
    ],
)
def test_each_refusal_has_its_code_its_words_and_somebody_to_mend_it(
    there: WeChat, changes: dict[str, Any], member: str, code: int
) -> None:
    there.mend()
    with client_at(there, **changes) as client, pytest.raises(WecomError) as refused:
        card(client, "试试", member)
    assert refused.value.code == code
    found = wecom.explain(refused.value.code)
    assert found.meaning
    assert found.remedy
    assert found.whose is (wecom.Whose.PERSON if member == "nobody" else wecom.Whose.OPERATOR)
    assert SECRET not in str(refused.value)


def test_a_member_named_in_another_case_is_the_same_and_one_who_is_missing_is_told(
    there: WeChat, client: wecom.Client
) -> None:
    assert card(client, "大小写", "HETAO")


def test_what_never_left_is_told_apart_from_what_may_have_arrived(there: WeChat) -> None:
    nowhere = wecom.Client(
        CORP, SECRET, AGENT, store=MemoryTokenStore(), base_url="http://127.0.0.1:9", timeout=1
    )
    with pytest.raises(WecomUnreachable) as gone:
        card(nowhere, "没有出门")
    assert not gone.value.may_have_happened
    there.mend()
    there.fault("/wecom/cgi-bin/gettoken", "drop", times=1)
    with client_at(there) as client, pytest.raises(WecomUnreachable) as early:
        card(client, "凭证没拿到")
    assert not early.value.may_have_happened  # no message had been sent yet
    there.fault(SEND, "http_500", times=1)
    with client_at(there) as client, pytest.raises(WecomUnreachable) as broken:
        card(client, "坏了")
    assert broken.value.may_have_happened


def test_a_robot_writes_to_its_group_until_the_minute_is_full(there: WeChat) -> None:
    there.mend()
    with wecom.Robot(KEY, base_url=f"{there.base}/wecom") as robot:
        for number in range(3):
            robot.send_text(f"第{number}条")
        with pytest.raises(WecomError) as full:
            robot.send_text("第四条")
    assert full.value.code == 45009
    assert wecom.explain(45009).whose is wecom.Whose.NOBODY
    assert len(seen(there, "值班群")) == 3
    stranger = wecom.Robot("no-such-key", base_url=f"{there.base}/wecom")
    with stranger, pytest.raises(WecomError) as unknown:
        stranger.send_text("谁在")
    assert unknown.value.code == 93000


def test_long_words_are_cut_between_characters_and_arrive(
    there: WeChat, client: wecom.Client
) -> None:
    client.send_card(
        "LiNa", title="很" * 200, text="长" * 900, link="http://a.example/", more="看看"
    )
    found = seen(there, "LiNa")[0]["content"]
    assert len(found["title"].encode()) <= 128
    assert found["title"].endswith("…")
    assert len(found["description"].encode()) <= 512


def test_official_paths_do_not_mix_with_those_of_the_official_account(there: WeChat) -> None:
    answer = httpx.get(f"{there.base}/cgi-bin/gettoken", params={"corpid": CORP})
    assert answer.json()["errcode"] == 40066
