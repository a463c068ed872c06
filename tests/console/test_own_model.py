"""The pages of the city's own model: off at first, tried before it is kept, read by those who may."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from minxin.agencies.models import AuditEntry
from minxin.core.outward import networks_of
from minxin.knowledge.models import ModelCall, OwnModel
from tests.console.conftest import SignIn
from tests.support.city import City
from tests.support.models import ModelServer, model_server, word_for_word

PAGE = "console:own_model"
LABEL = "以下内容由人工智能生成，以原文为准。"


@pytest.fixture(autouse=True)
def networks(settings: Any) -> None:
    settings.MINXIN_MODEL_NETWORKS = networks_of(["127.0.0.0/8"])


@pytest.fixture
def server() -> Iterator[ModelServer]:
    with model_server(say=word_for_word) as server:
        yield server


@pytest.fixture
def page(city: City, at_desk: SignIn) -> Client:
    return at_desk(city.administrator)


def typed(server: ModelServer, **other: object) -> dict[str, object]:
    return {
        "is_on": "on", "address": server.address, "model": "qwen-city", "secret": "sk-secret",
        "requests_a_day": 100, "tokens_a_day": 100_000, "requests_a_minute": 10, "seconds": 5,
        "label": LABEL, "filing_number": "云溪备1号", "kept_days": 30,
    } | other  # fmt: skip


def test_it_is_off_until_an_administrator_says_so(page: Client, server: ModelServer) -> None:
    assert "没有启用" in page.get(reverse(PAGE)).content.decode()
    assert page.post(reverse(PAGE), typed(server)).status_code == 302
    row = OwnModel.objects.get()
    assert (row.is_on, row.secret, row.filing_number) == (True, "sk-secret", "云溪备1号")
    shown = page.get(reverse(PAGE)).content.decode()
    assert "sk-secret" not in shown
    assert "已启用" in shown


def test_a_try_shows_what_came_and_keeps_no_setting(page: Client, server: ModelServer) -> None:
    shown = page.post(reverse(PAGE), typed(server, act="try", question="我是13812345678，多少钱"))
    words = shown.content.decode()
    assert "通过" in words
    assert "补办犬只登记证收费四十元" in words
    assert "设置还没有保存" in words
    assert not OwnModel.objects.exists()
    call = ModelCall.objects.get()
    assert call.is_try
    assert "13812345678" not in call.question
    assert AuditEntry.objects.filter(verb="own_model.tried").count() == 1


@pytest.mark.parametrize(
    ("how", "words"),
    [("401", "对方不认密钥。"), ("404", "对方没有这个接口或这个模型"), ("500", "对方没有正常应答。"),
     ("stream", "对方按流式应答"), ("broken", "不是这种接口的格式")],
)  # fmt: skip
def test_a_try_that_fails_says_why(page: Client, server: ModelServer, how: str, words: str) -> None:
    server.how = how
    shown = page.post(reverse(PAGE), typed(server, act="try")).content.decode()
    assert "没有成功" in shown
    assert words in shown
    assert "sk-secret" not in shown


def test_a_try_that_is_refused_names_the_words(page: Client, server: ModelServer) -> None:
    server.say = lambda asked: '{"sentences": [{"text": "补办免费赠送骨头。", "from": ["s1"]}]}'
    shown = page.post(reverse(PAGE), typed(server, act="try")).content.decode()
    assert "未通过核对" in shown
    assert "有原文没有的词。" in shown


@pytest.mark.parametrize(
    ("other", "words"),
    [({"address": "https://8.8.8.8/v1"}, "不在允许的网段里"), ({"model": ""}, "请填写模型名称"),
     ({"label": "仅供参考"}, "标识文字要写明"), ({"seconds": "0"}, "1"),
     ({"address": "nonsense"}, "地址不正确")],
)  # fmt: skip
def test_bad_input_is_said_and_nothing_typed_is_lost(
    page: Client, server: ModelServer, other: dict[str, object], words: str
) -> None:
    for act in ("", "try"):
        if act and "label" in other:
            continue  # a label is not tried
        shown = page.post(reverse(PAGE), typed(server, act=act, **other))
        assert shown.status_code == 422
        assert words in shown.content.decode()
        assert "云溪备1号" in shown.content.decode()
    assert not OwnModel.objects.exists()
    assert not server.asked


def test_a_kept_key_is_not_sent_to_another_address(page: Client, server: ModelServer) -> None:
    page.post(reverse(PAGE), typed(server))
    with model_server(say=word_for_word) as other:
        shown = page.post(reverse(PAGE), typed(other, act="try", secret=""))
        assert "请重新填写密钥" in shown.content.decode()
        assert not other.asked


def test_the_log_is_read_by_administrator_and_auditor_alone(
    page: Client, server: ModelServer, city: City, at_desk: SignIn
) -> None:
    page.post(reverse(PAGE), typed(server, act="try"))
    call = ModelCall.objects.get()
    one = reverse("console:model_call", args=[call.pk])
    for staff in (city.administrator, city.auditor):
        client = at_desk(staff)
        assert call.question in client.get(reverse("console:model_calls")).content.decode()
        shown = client.get(one).content.decode()
        assert "这是一次试用" in shown
        assert "补办犬只登记证收费四十元" in shown
    for staff in (city.wang, city.outsider):
        client = at_desk(staff)
        assert client.get(reverse("console:model_calls")).status_code == 404
        assert client.get(one).status_code == 404
        assert client.get(reverse(PAGE)).status_code == 404
        assert client.post(reverse(PAGE), typed(server)).status_code == 404
    assert at_desk(city.auditor).get(reverse(PAGE)).status_code == 404
    assert not OwnModel.objects.exists()
