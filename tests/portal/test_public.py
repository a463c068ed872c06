"""The public list: her consent, the machine's mask, a person's release; nothing else is ever shown."""

from datetime import timedelta

import pytest
from django.conf import LazySettings
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from minxin.agencies.models import AuditEntry, Membership
from minxin.agencies.rules import Role
from minxin.core.errors import NotFound, Refused
from minxin.tickets import actions
from minxin.tickets.models import Category, Publication, Ticket
from minxin.tickets.rules.publishing import coarse, drafted, what_gives_away
from tests.portal.conftest import Browser
from tests.portal.test_pictures import desk
from tests.portal.test_tickets import answered, filed, text_of, token_of
from tests.support.city import APP_ID, City

ASKED = "请问我叫李秀英，手机13912345678，东桥路12号3单元的居住证怎么办理"
LIST = f"/m/{APP_ID}/answered/"


def public(path: str = "") -> str:
    """What anybody reads, who is not signed in at all."""
    answer = Client(headers={"host": "c9.localhost:8000"}).get(f"{LIST}{path}")
    assert answer.status_code == 200, answer.status_code
    assert "noindex" in answer["X-Robots-Tag"]
    return str(answer.content.decode())


def consented(phone: Browser, city: City, words: str = ASKED, **more: str) -> Ticket:
    ticket = filed(phone, text=words, place="东桥路12号3单元", may_publish="on", **more)
    answered(city, ticket, "您好，请到东桥派出所办理，电话 0999-5550111。")
    return ticket


def released(phone: Browser, city: City, words: str = ASKED, **more: str) -> Publication:
    ticket = consented(phone, city, words, **more)
    found = Publication.objects.get(ticket=ticket)
    draft = drafted(ticket.text, ticket.answer, ticket.place)
    actions.release(
        found, text=draft.text, answer=draft.answer, place=draft.place, actor=city.wang,
        now=timezone.now(),
    )  # fmt: skip
    found.refresh_from_db()
    return found


def test_from_her_consent_to_the_public_list_a_person_sees_both_versions(
    xiaolin: Browser, city: City
) -> None:
    ticket = consented(xiaolin, city, latitude="30.274085", longitude="120.155070")
    assert ticket.number not in public()
    assert "还没有公开的答复" in public()
    look = desk(city.wang)
    listed = look.get("/console/publications/").content.decode()
    assert ticket.number in listed
    where = f"/console/publications/{ticket.number}/"
    page = look.get(where).content.decode()
    assert "13912345678" in page  # the whole, on the left
    form = page.partition("公开版本")[2]
    for private in ("13912345678", "李秀英", "12号", "3单元"):
        assert private not in form
    told = drafted(ticket.text, ticket.answer, ticket.place)
    sent = look.post(
        where, {"act": "release", "text": told.text, "answer": told.answer, "place": "东桥路"}
    )
    assert sent.status_code == 302
    found = Publication.objects.get()
    assert (found.latitude, found.longitude) == (30.274, 120.155)
    shown = public() + public(f"{found.code}/")
    assert "居住证怎么办理" in shown
    assert "东桥派出所" in shown
    for private in (
        ticket.number,
        "13912345678",
        "李秀英",
        "12号",
        "3单元",
        "30.274085",
        city.xiaolin.key,
    ):
        assert private not in shown
    assert "places-dot" in shown
    assert AuditEntry.objects.filter(verb="ticket.published").count() == 1


def test_nothing_is_asked_of_who_reports_and_without_consent_nothing_waits(
    xiaolin: Browser, city: City
) -> None:
    reported = filed(xiaolin, text="我要举报物业乱收费，证据齐全", may_publish="on")
    plain = filed(xiaolin, text="请问居住证怎么办理")
    for each in (reported, plain):
        answered(city, each)
    assert not Publication.objects.exists()
    assert "同意公开" not in text_of(xiaolin.read(f"tickets/{reported.number}/"))
    sent = xiaolin.send(f"tickets/{reported.number}/publishing", act="allow")
    assert sent.status_code == 302
    assert not Publication.objects.exists()
    assert "同意公开" in text_of(xiaolin.read(f"tickets/{plain.number}/"))


def test_consent_comes_later_too_and_is_taken_back_at_once(
    xiaolin: Browser, stranger: Browser, city: City
) -> None:
    ticket = filed(xiaolin, text="请问居住证怎么办理")
    answered(city, ticket)
    stranger.read("tickets/")
    assert stranger.send(f"tickets/{ticket.number}/publishing", act="allow").status_code == 404
    xiaolin.post(
        f"/m/{APP_ID}/tickets/{ticket.number}/rate", {"level": "satisfied", "may_publish": "on"}
    )
    found = Publication.objects.get()
    actions.release(
        found, text="居住证怎么办理", answer="到派出所办理。", place="", actor=city.wang,
        now=timezone.now(),
    )  # fmt: skip
    assert "居住证怎么办理" in public()
    xiaolin.send(f"tickets/{ticket.number}/publishing", act="revoke")
    assert "居住证怎么办理" not in public()
    assert Client().get(f"{LIST}{found.code}/").status_code == 404
    found.refresh_from_db()
    assert (found.text, found.answer) == ("", "")
    with pytest.raises(Refused, match="撤回"):
        actions.release(
            found, text="居住证怎么办理", answer="到派出所办理。", place="", actor=city.wang,
            now=timezone.now(),
        )  # fmt: skip
    xiaolin.send(f"tickets/{ticket.number}/publishing", act="allow")  # and again
    found.refresh_from_db()
    assert (found.status, found.revoked_at) == ("waiting", None)
    assert "居住证怎么办理" not in public()


def test_what_was_released_goes_when_things_change(
    xiaolin: Browser, city: City, settings: LazySettings
) -> None:
    found = released(xiaolin, city)
    assert "居住证" in public()
    for change in (
        {"is_confidential": True},
        {"nature": "report"},
        {"nature": "complaint"},
        {"status": "reopened"},
    ):
        before = Ticket.objects.filter(pk=found.ticket_id).values(*change).get()
        Ticket.objects.update(**change)
        assert "居住证" not in public(), change
        Ticket.objects.update(**before)
    assert "居住证" in public()
    settings.MINXIN_PUBLIC_NATURES = ["report"]
    Ticket.objects.update(nature="report")
    assert "居住证" not in public()  # never, whatever is set


def test_when_she_leaves_her_words_leave_the_list(xiaolin: Browser, city: City) -> None:
    released(xiaolin, city)
    actions.unlink_citizen(city.xiaolin.key, now=timezone.now())
    assert "居住证" not in public()
    assert Publication.objects.get().revoked_at


def test_two_decide_and_the_second_is_told_who_was_first(xiaolin: Browser, city: City) -> None:
    found = released(xiaolin, city)
    Membership.objects.create(staff=city.zhao, agency=city.police, role=Role.AGENT)
    look = desk(city.zhao)
    answer = look.post(
        f"/console/publications/{found.ticket.number}/",
        {"act": "release", "text": "另一种写法的诉求", "answer": "另一种写法的答复"},
    )
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "王芳已经处理过：已公开" in page
    assert "另一种写法的诉求" in page  # what was typed stays
    found.refresh_from_db()
    assert "另一种" not in found.text


@pytest.mark.parametrize(
    ("text", "answer", "place", "words"),
    [
        ("", "到派出所办理。", "", "空着"),
        ("居住证怎么办理", " ", "", "空着"),
        ("居住证怎么办理 13912345678", "到派出所办理。", "", "13912345678"),
        ("居住证怎么办理", "请打 １３９１２３４５６７８ 找小李", "", "号码"),
        ("居住证怎么办理", "到派出所办理。", "云A12345 车旁", "号码"),
    ],
)
def test_what_gives_somebody_away_is_not_released(
    xiaolin: Browser, city: City, text: str, answer: str, place: str, words: str
) -> None:
    found = Publication.objects.get(ticket=consented(xiaolin, city))
    with pytest.raises(Refused, match=words):
        actions.release(
            found, text=text, answer=answer, place=place, actor=city.wang, now=timezone.now()
        )
    found.refresh_from_db()
    assert found.status == "waiting"


def test_it_is_refused_with_a_reason_and_taken_down_with_one(xiaolin: Browser, city: City) -> None:
    found = released(xiaolin, city)
    with pytest.raises(Refused, match="理由"):
        actions.refuse_publishing(found, reason="", actor=city.wang, now=timezone.now())
    actions.refuse_publishing(found, reason="能认出是谁", actor=city.wang, now=timezone.now())
    assert "居住证" not in public()
    with pytest.raises(Refused, match="王芳"):
        actions.refuse_publishing(found, reason="再来一次", actor=city.wang, now=timezone.now())


def test_who_may_not_dispatch_decides_nothing(xiaolin: Browser, city: City) -> None:
    found = Publication.objects.get(ticket=consented(xiaolin, city))
    for staff in (city.outsider, city.zhao, city.auditor):
        with pytest.raises(NotFound):
            actions.release(
                found, text="居住证怎么办理", answer="到派出所办理。", place="", actor=staff,
                now=timezone.now(),
            )  # fmt: skip
    assert (
        desk(city.outsider).get(f"/console/publications/{found.ticket.number}/").status_code == 404
    )
    assert (
        found.ticket.number
        not in desk(city.outsider).get("/console/publications/").content.decode()
    )
    found.refresh_from_db()
    assert found.status == "waiting"


def test_the_list_is_searched_filtered_and_paged(xiaolin: Browser, city: City) -> None:
    Category.objects.create(code="card", name="证件", keywords="居住证")
    released(xiaolin, city)
    for number in range(11):
        found = released(xiaolin, city, f"请问第{number:02}条公交线路什么时候恢复")
        Publication.objects.filter(pk=found.pk).update(
            answered_at=timezone.now() - timedelta(days=40)
        )
    assert "居住证" in public("?q=居住证")
    assert "公交线路" not in public("?q=居住证").partition("weui-cells")[2]
    assert "居住证" in public("?category=card")
    assert "居住证" in public(f"?agency={city.police.code}")
    assert "没有找到符合条件的答复" in public("?agency=nobody")
    for nonsense in (
        "?month=2026-13",
        "?month=abc",
        "?month=99999",
        "?month=0000-01",
        "?month=²026-01",
    ):
        assert "没有找到符合条件的答复" in public(nonsense)
    month = f"{timezone.localtime(timezone.now() - timedelta(days=40)):%Y-%m}"
    assert "公交线路" in public(f"?month={month}")
    assert "page=2" in public()
    assert "公交线路" in public("?page=2")
    assert "12 件" in public()  # counts of all others


def test_a_code_that_is_not_there_is_not_found(xiaolin: Browser, city: City) -> None:
    waiting = Publication.objects.get(ticket=consented(xiaolin, city))
    for code in (waiting.code, "nonsense", waiting.ticket.number):
        assert Client().get(f"{LIST}{code}/").status_code == 404


@given(st.text(max_size=200), st.text(max_size=200), st.text(max_size=60))
def test_a_draft_never_holds_a_number(text: str, answer: str, place: str) -> None:
    draft = drafted(f"{text}，13912345678，{text}", answer, place)
    assert "13912345678" not in draft.text
    assert not what_gives_away(draft.answer) or what_gives_away(answer)


def test_coarse_is_a_street_wide() -> None:
    assert coarse(30.274085, 120.155070) == (30.274, 120.155)
    assert coarse(None, 1.0) == (None, None)


def test_the_form_says_what_consent_means(xiaolin: Browser, city: City) -> None:
    page = text_of(xiaolin.read("tickets/new"))
    assert "may_publish" in page
    assert "随时可以撤回" in page
    token_of(page)
