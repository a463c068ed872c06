"""Where it is, what it is about, who may know: her choices, each with its sentence."""

from datetime import datetime
from pathlib import Path

import httpx
import pytest
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from minxin import wechat
from minxin.agencies.models import LocalDivision
from minxin.conversations.models import Outgoing
from minxin.core.divisions import Divisions
from minxin.core.errors import Refused
from minxin.supervision.actions import keep_area
from minxin.tickets import actions
from minxin.tickets.models import Category, Ticket
from minxin.tickets.rules import is_on_earth
from tests.portal.conftest import Browser
from tests.portal.test_pictures import desk
from tests.portal.test_tickets import WORDS, filed, text_of, token_of
from tests.support.city import APP_ID, SETUP, City

HERE = {"latitude": "30.274085", "longitude": "120.155070"}


@pytest.fixture
def districts(city: City) -> None:
    for code, name in (("990100", "云溪市"), ("990102", "青禾区"), ("990103", "临湾区")):
        LocalDivision.objects.create(code=code, name=name)


def test_district_and_coordinates_reach_the_agency(
    xiaolin: Browser, city: City, districts: None
) -> None:
    assert "青禾区" in text_of(xiaolin.read("tickets/new"))
    ticket = filed(xiaolin, division="990102", place="东桥路口", **HERE)
    assert (ticket.division, ticket.latitude, ticket.longitude) == (
        "990102",
        30.274085,
        120.155070,
    )
    hers = text_of(xiaolin.read(f"tickets/{ticket.number}/"))
    assert "云溪市青禾区" in hers
    near = filed(xiaolin, text="另一件事：井盖松动", latitude="30.276", longitude="120.157")
    far = filed(xiaolin, text="第三件事：积水很深", latitude="30.4", longitude="120.157")
    page = desk(city.wang).get(f"/console/tickets/{ticket.number}/").content.decode()
    assert "30.274085, 120.155070" in page
    assert "云溪市青禾区" in page
    assert 'class="place"' in page
    assert f"<title>{near.number}</title>" in page.replace("\n", "").replace(" ", "")
    assert far.number not in page
    assert "style=" not in page.partition('class="place"')[2].partition("</svg>")[0]


def test_the_border_of_the_area_is_drawn_where_it_reaches(xiaolin: Browser, city: City) -> None:
    shape = (
        '{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"code":"990102",'
        '"name":"青禾区"},"geometry":{"type":"Polygon","coordinates":[[[120.15,30.27],[120.16,30.27],'
        "[120.16,30.28],[120.15,30.28],[120.15,30.27]]]}}]}"
    )
    keep_area("area.geojson", shape.encode(), actor=SETUP, now=timezone.now())
    inside, outside = (
        filed(xiaolin, **HERE),
        filed(xiaolin, text="另一件事：井盖松动", latitude="10", longitude="20"),
    )
    look = desk(city.wang)
    assert "place-border" in look.get(f"/console/tickets/{inside.number}/").content.decode()
    assert "place-border" not in look.get(f"/console/tickets/{outside.number}/").content.decode()


@pytest.mark.parametrize(
    "wrong",
    [
        {"latitude": "91", "longitude": "120"},
        {"latitude": "30", "longitude": "-181"},
        {"latitude": "30"},
        {"latitude": "nan", "longitude": "120"},
        {"latitude": "inf", "longitude": "120"},
        {"latitude": "北", "longitude": "120"},
        {"division": "110101"},
    ],
)
def test_a_place_that_is_none_is_refused_and_the_rest_stays(
    xiaolin: Browser, districts: None, wrong: dict[str, str]
) -> None:
    token = token_of(text_of(xiaolin.read("tickets/new")))
    answer = xiaolin.send("tickets/new", text=WORDS, place="东桥路", token=token, **wrong)
    assert answer.status_code == 422
    assert WORDS in text_of(answer)
    assert not Ticket.objects.exists()


@given(st.floats(), st.floats())
def test_degrees_are_degrees(one: float, other: float) -> None:
    assert is_on_earth(one, other) == (abs(one) <= 90 and abs(other) <= 180)


def test_the_divisions_right_below_one() -> None:
    known = Divisions(
        local={
            "990000": "省", "990100": "云溪市", "990102": "青禾区", "990103": "临湾区",
            "990102001": "东桥街道", "990200": "邻市", "990201": "邻区",
        }
    )  # fmt: skip
    assert [each.code for each in known.below("990100")] == ["990102", "990103"]
    assert [each.code for each in known.below("990102")] == ["990102001"]
    assert [each.code for each in known.below("990000")] == ["990100", "990200"]
    assert known.below("990102001") == []
    assert known.below("") == []
    assert known.below("上海") == []


def test_a_category_is_proposed_and_she_decides(xiaolin: Browser, city: City) -> None:
    Category.objects.create(
        code="lamps", name="路灯照明", keywords="路灯,灯杆", agency=city.station
    )
    Category.objects.create(code="water", name="供水", keywords="自来水,水压", agency=city.water)
    xiaolin.read("tickets/new")
    said = xiaolin.send("tickets/propose", text=WORDS)
    assert said.json() == {"code": "lamps", "name": "路灯照明"}  # type: ignore[attr-defined]
    assert xiaolin.send("tickets/propose", text="无关的话说一句").json() == {}  # type: ignore[attr-defined]
    assert xiaolin.send("tickets/propose", text="").json() == {}  # type: ignore[attr-defined]
    assert not Ticket.objects.exists()
    assert filed(xiaolin, category="water").category.code == "water"  # type: ignore[union-attr]


def test_anonymous_and_confidential_are_hers_to_choose(xiaolin: Browser, city: City) -> None:
    page = text_of(xiaolin.read("tickets/new"))
    assert "工作人员看不到您是谁" in page
    assert "只有承办单位和指定的人能看内容" in page
    plain = filed(xiaolin)
    assert (plain.is_anonymous, plain.is_confidential) == (False, False)
    ticket = filed(xiaolin, text="另一件事：井盖松动", is_anonymous="on", is_confidential="on")
    assert (ticket.is_anonymous, ticket.is_confidential) == (True, True)
    hers = text_of(xiaolin.read(f"tickets/{ticket.number}/"))
    assert "匿名提交" in hers
    answered = desk(city.wang).get(f"/console/tickets/{ticket.number}/").content.decode()
    assert city.xiaolin.key not in answered
    actions.accept(ticket, actor=city.wang, now=timezone.now())
    actions.answer(ticket, "已经修好。", link="http://x", actor=city.wang, now=timezone.now())
    assert Outgoing.objects.filter(citizen=city.xiaolin).exists()  # she hears all the same


def test_wechat_signs_our_own_pages_alone_and_the_ticket_is_asked_for_once(
    xiaolin: Browser, city: City, monkeypatch: pytest.MonkeyPatch, settings: object
) -> None:
    asked = []

    def answer(request: httpx.Request) -> httpx.Response:
        if "getticket" in request.url.path:
            asked.append(request.url.params["type"])
            return httpx.Response(200, json={"errcode": 0, "ticket": "T1", "expires_in": 7200})
        return httpx.Response(200, json={"access_token": "t", "expires_in": 7200})

    client = wechat.Client(
        APP_ID, "5" * 32, store=wechat.MemoryTokenStore(), transport=httpx.MockTransport(answer)
    )
    page = "http://c1.localhost:8000/m/" + APP_ID + "/tickets/new"
    xiaolin.read("tickets/new")
    monkeypatch.setattr("minxin.accounts.clients.client_for", lambda _account: client)
    where = f"/m/{APP_ID}/wechat-config"
    told = xiaolin.get(where, {"url": page}).json()
    assert told["appId"] == APP_ID
    signed = wechat.sign_js_url("T1", told["nonceStr"], told["timestamp"], page)
    assert told["signature"] == signed
    assert xiaolin.get(where, {"url": page}).status_code == 200
    assert asked == ["jsapi"]
    for other in (
        "https://evil.example/",
        "",
        "http://c1.localhost:8000.evil.example/m/x",
        page[:20],
    ):
        assert xiaolin.get(where, {"url": other}).status_code == 404
    assert Client().get(where, {"url": page}).status_code in {302, 404}


def test_only_the_form_may_load_wechats_script(xiaolin: Browser) -> None:
    policy = xiaolin.read("tickets/new")["Content-Security-Policy"]
    assert "script-src 'self' http://127.0.0.1:" in policy
    assert "unsafe" not in policy
    assert "script-src" not in xiaolin.read("tickets/")["Content-Security-Policy"]


def test_the_page_of_a_ticket_lets_in_the_script_and_its_elements(xiaolin: Browser) -> None:
    page = xiaolin.read(f"tickets/{filed(xiaolin).number}/")
    policy = page["Content-Security-Policy"]
    assert "script-src 'self' http://127.0.0.1:" in policy
    assert "frame-src https://*.qq.com webcompt:" in policy


def test_the_action_looks_for_itself(city: City, now: datetime, tmp_path: Path) -> None:
    with pytest.raises(Refused, match="位置"):
        actions.file(
            text=WORDS, citizen=city.xiaolin, account=city.account, source="portal", key="k",
            coordinates=(float("nan"), 1.0), actor=city.xiaolin, now=now,
        )  # fmt: skip
