"""What WeChat reports as sent or published comes in as pushes and becomes traces of updates."""

from datetime import timedelta

import pytest

from minxin import wechat
from minxin.gateway import consequences
from minxin.supervision.models import Evaluation, Trace
from tests.support.city import City
from tests.support.dialogue import Phone

pytestmark = pytest.mark.django_db
LISTED = {"Count": 1, "ResultList": {"item": {"ArticleIdx": 1, "ArticleUrl": "http://a.example/1"}}}
DETAIL = {"count": 1, "item": [{"idx": 1, "article_url": "http://a.example/2"}]}


def hear(phone: Phone, *pushes: wechat.Inbound) -> None:
    for each in pushes:
        phone.push(each)
    phone.settle()
    while consequences.follow_up(consequences.note_updates, now=phone.now + timedelta(minutes=1)):
        pass


def mass(phone: Phone, status: str = "send success", number: int = 77) -> wechat.MassSent:
    return wechat.MassSent(
        message_id=number, status=status, total=9, filtered=9, sent=9, failed=0, articles=LISTED,
        **phone.common(),
    )  # fmt: skip


def publication(phone: Phone, status: int = 0) -> wechat.Published:
    return wechat.Published(
        publish_id="p1", status=status, article_id="a1" if status == 0 else None, detail=DETAIL,
        **phone.common(),
    )  # fmt: skip


def test_a_mass_message_and_a_publication_leave_their_traces(phone: Phone, city: City) -> None:
    hear(phone, mass(phone), publication(phone))
    told = Trace.objects.order_by("source").values_list("source", "kind", "external_id", "url")
    assert list(told) == [
        ("mass_event", "pushed", "77", "http://a.example/1"),
        ("publish_event", "published", "a1", "http://a.example/2"),
    ]
    heard = [each.published_at for each in Trace.objects.order_by("published_at")]
    assert heard == [phone.now - timedelta(seconds=5), phone.now]
    standing = Evaluation.objects.get()
    assert (standing.account, standing.level, standing.grade) == (city.account, "fresh", "A")


def test_what_did_not_come_out_leaves_none(phone: Phone, city: City) -> None:
    hear(phone, mass(phone, "send fail"), mass(phone, "err(20001)", 78), publication(phone, 4))
    assert not Trace.objects.exists()


def test_reading_the_same_events_again_changes_nothing(phone: Phone, city: City) -> None:
    hear(phone, mass(phone))
    rows = consequences.queries.messages_after(0, 100)
    before = list(Trace.objects.values())
    consequences.note_updates(rows, phone.now + timedelta(days=1))
    assert list(Trace.objects.values()) == before


def test_a_citizen_s_words_leave_none(phone: Phone, city: City) -> None:
    phone.say("send success")
    hear(phone)
    assert not Trace.objects.exists()
