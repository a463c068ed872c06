from datetime import datetime, timedelta

import pytest
from django.test import Client, override_settings
from django.utils import timezone

from minxin.citizens.actions import set_large_text
from minxin.knowledge.rules.told import query_of
from tests.portal.conftest import HOST, Browser
from tests.support.city import APP_ID, City
from tests.support.entries import entry

FRAMES = "http://*.localhost:8100"


def text_of(answer: object) -> str:
    return answer.content.decode()  # type: ignore[attr-defined, no-any-return]


def read(path: str, **named: str) -> object:
    return Client(headers={"host": HOST}).get(f"/m/{APP_ID}/{path}", **named)  # type: ignore[arg-type]


def test_an_answer_names_its_source(city: City, now: datetime) -> None:
    kept = entry(city.police, "怎样申请居住证", "到派出所办理。\n\n带身份证。", now=now)
    page = text_of(read(f"answers/{kept.pk}/"))
    assert "<mark" not in page
    told = query_of(kept.answer, [(2, 5)])
    assert f'<mark id="told">{kept.answer[2:5]}</mark>' in text_of(
        read(f"answers/{kept.pk}/?{told}")
    )
    assert "<mark" not in text_of(read(f"answers/{kept.pk}/?told=no"))
    for words in ("怎样申请居住证", "带身份证。", "来源：", "云溪市办事指南", "云政发〔2026〕1号"):
        assert words in page
    assert kept.question in text_of(read(""))


@pytest.mark.parametrize("is_retired", [True, False])
def test_what_is_no_longer_in_force_is_not_given(
    city: City, now: datetime, is_retired: bool
) -> None:
    kept = entry(
        city.police, "怎样申请居住证", "到派出所办理。", now=now,
        valid_until=None if is_retired else timezone.localdate() - timedelta(days=1),
        status="retired" if is_retired else "published",
    )  # fmt: skip
    page = text_of(read(f"answers/{kept.pk}/"))
    assert "不再有效" in page
    assert "到派出所办理" not in page
    assert "来源：" not in page
    assert kept.question not in text_of(read(""))


def test_a_draft_is_not_found(city: City, now: datetime) -> None:
    kept = entry(city.police, "怎样申请居住证", now=now, status="draft")
    assert read(f"answers/{kept.pk}/").status_code == 404  # type: ignore[attr-defined]
    assert read("answers/999999/").status_code == 404  # type: ignore[attr-defined]


def test_large_letters_are_remembered_by_browser_and_by_citizen(
    xiaolin: Browser, city: City
) -> None:
    assert 'class="large' not in text_of(xiaolin.read(""))
    back = xiaolin.send("letters", letters="2", next=f"/m/{APP_ID}/privacy")
    assert back["Location"] == f"/m/{APP_ID}/privacy"
    assert 'class="large largest"' in text_of(xiaolin.read(""))  # nobody is known yet
    assert 'class="large largest"' in text_of(xiaolin.read("tickets/"))  # now it is her choice
    city.xiaolin.refresh_from_db()
    assert city.xiaolin.has_large_text
    assert 'class="large largest"' in text_of(xiaolin.read("tickets/"))
    xiaolin.cookies.pop("minxin_large")  # another device: her choice comes along
    assert 'class="large"' in text_of(xiaolin.read("tickets/"))
    xiaolin.send("letters", letters="0")
    city.xiaolin.refresh_from_db()
    assert not city.xiaolin.has_large_text
    assert 'class=""' in text_of(xiaolin.read("tickets/"))


def test_letters_lead_back_to_our_own_pages_only(xiaolin: Browser) -> None:
    for elsewhere in ("https://example.com/", "//example.com", "javascript:alert(1)"):
        back = xiaolin.send("letters", letters="1", next=elsewhere)
        assert back["Location"] == f"/m/{APP_ID}/"


def test_her_choice_counts_more_than_what_the_browser_remembers(
    xiaolin: Browser, city: City, now: datetime
) -> None:
    xiaolin.read("tickets/")
    set_large_text(city.xiaolin, True, actor=city.xiaolin, now=now)
    assert 'class="large"' in text_of(xiaolin.read("tickets/"))


@pytest.mark.parametrize("path", ["", "privacy", "answers/99/", "tickets/", "nothing/here"])
def test_every_page_may_stand_in_the_phone_and_runs_no_inline_script(
    xiaolin: Browser, path: str
) -> None:
    xiaolin.read("tickets/")
    answer = xiaolin.get(f"/m/{APP_ID}/{path}")
    policy = answer["Content-Security-Policy"]
    assert FRAMES in policy
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
    assert "X-Frame-Options" not in answer
    page = text_of(answer)
    assert " style=" not in page
    assert "<style" not in page
    assert " onclick=" not in page


@pytest.mark.parametrize("path", ["/console/sign-in/", "/", "/nothing"])
def test_no_other_page_may_be_framed(city: City, path: str) -> None:
    assert "frame-ancestors 'none'" in Client().get(path)["Content-Security-Policy"]


def test_a_missing_page_says_what_to_do(city: City) -> None:
    answer = read("tickets/nothing/at/all")
    page = text_of(answer)
    assert answer.status_code == 404  # type: ignore[attr-defined]
    assert "人工" in page
    assert "编号" in page
    assert "portal/built/portal.css" in page


def test_a_form_without_its_token_changes_nothing_and_says_so(city: City) -> None:
    strict = Client(enforce_csrf_checks=True, headers={"host": HOST})
    answer = strict.post(f"/m/{APP_ID}/letters", {"letters": "1"})
    assert answer.status_code == 403
    assert FRAMES in answer["Content-Security-Policy"]
    assert "没有生效" in text_of(answer)
    assert "minxin_large" not in answer.cookies


def test_a_broken_server_still_speaks_in_the_phone(
    city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_given: object) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr("minxin.portal.knowledge.frequent_questions", broken)
    browser = Client(raise_request_exception=False, headers={"host": HOST})
    answer = browser.get(f"/m/{APP_ID}/")
    page = text_of(answer)
    assert answer.status_code == 500
    assert "系统暂时无法处理" in page
    assert FRAMES in answer["Content-Security-Policy"]
    assert "disk" not in page


@override_settings(LANGUAGE_CODE="en")
def test_english_readers_get_english(city: City) -> None:
    page = text_of(Client(headers={"host": HOST, "accept-language": "en"}).get(f"/m/{APP_ID}/"))
    assert "提交诉求" not in page
    assert 'lang="en"' in page


def test_the_entrance_leads_to_the_main_account(city: City) -> None:
    assert Client().get("/m/")["Location"] == f"/m/{APP_ID}/"
