"""What is not words: pictures and recordings fetched once and forgotten, places, links, what is not shown."""

from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from minxin import wechat
from minxin.conversations import actions, media, queries
from minxin.conversations.actions import record_batch
from minxin.conversations.models import Dialogue, Message
from minxin.conversations.rules.cards import (
    Link,
    NotShown,
    Picture,
    Place,
    Voice,
    card_of,
    media_type,
)
from minxin.core.errors import NotFound, Refused
from minxin.gateway.deliveries import delivery_of
from tests.support.city import APP_ID, OPENID, City
from tests.support.inbox import follow_inbox

PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 30
JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=2),
    max_leaves=3,
)
FIELDS = ["media_id", "recognition", "latitude", "longitude", "label", "url", "title", "kind"]
KINDS = ["Image", "Voice", "Location", "Link", "Video", "Unknown", "Text", "Followed"]


@given(st.sampled_from(KINDS), st.none() | st.dictionaries(st.sampled_from(FIELDS), JSON))
def test_no_row_breaks_a_card(kind: str, data: dict[str, Any] | None) -> None:
    card = card_of(kind, data)
    assert card is None or kind not in {"Text", "Followed"}
    if isinstance(card, Place):
        assert abs(card.latitude) <= 90
        assert abs(card.longitude) <= 180


def test_what_cards_say() -> None:
    place = card_of("Location", {"latitude": 29.5, "longitude": 106.55, "label": "东桥路口"})
    assert isinstance(place, Place)
    assert (place.coordinates, place.address) == ("29.500000, 106.550000", "东桥路口")
    assert card_of("Location", {"latitude": 95, "longitude": 0}) == NotShown("Location")
    assert card_of("Voice", {"media_id": "m", "recognition": "路灯坏了"}) == Voice("m", "路灯坏了")
    assert card_of("Link", {"title": "t", "url": "javascript:alert(1)"}) == Link("t", "", "")
    assert card_of("Image", {"media_id": "m"}) == Picture("m")
    assert card_of("Unknown", {"kind": "finder"}) == NotShown("finder")


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (PNG, "image/png"),
        (b"RIFF\0\0\0\0WEBPVP8 ", "image/webp"),
        (b"#!AMR\n", "audio/amr"),
        (b"<svg onload=x>", ""),
        (b'{"errcode":40007}', ""),
        (b"", ""),
    ],
)
def test_a_file_is_what_its_first_bytes_say(content: bytes, kind: str) -> None:
    assert media_type(content) == kind


class Asked:
    """WeChat as far as a test needs it: answers one thing, counts how often it was asked."""

    def __init__(self, answer: bytes) -> None:
        self.answer, self.times = answer, 0

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/media/get"):
            self.times += 1
            if self.answer.startswith(b"{"):
                return httpx.Response(
                    200, content=self.answer, headers={"content-type": "text/plain"}
                )
            return httpx.Response(200, content=self.answer, headers={"content-type": "image/png"})
        return httpx.Response(200, json={"access_token": "t", "expires_in": 7200})


@pytest.fixture
def picture(city: City, tmp_path: Path, settings: Any, now: datetime) -> Message:
    settings.MEDIA_ROOT = tmp_path
    sent = wechat.Image(
        account="gh_city", openid=OPENID, created_at=int(now.timestamp()), message_id=5,
        picture_url="http://mmbiz.qpic.cn/x", media_id="media-1",
    )  # fmt: skip
    record_batch([delivery_of(sent, APP_ID, city.account.pk)], [], now=now)
    follow_inbox(now)
    return Message.objects.select_related("account").get()


def wechat_answers(answer: bytes) -> tuple[Asked, wechat.Client]:
    asked = Asked(answer)
    transport = httpx.MockTransport(asked)
    store = wechat.MemoryTokenStore()
    return asked, wechat.Client(APP_ID, "5" * 32, store=store, transport=transport)


@pytest.mark.django_db(transaction=True)
def test_a_picture_is_fetched_once_and_gone_when_she_unfollows(
    city: City, picture: Message
) -> None:
    asked, client = wechat_answers(PNG)
    for _ in range(2):
        file, kind = media.media_of(picture, client=client)
    assert (file.read_bytes(), kind, asked.times) == (PNG, "image/png", 1)
    (line,) = queries.thread(Dialogue.objects.get())
    assert (line.card_kind, line.is_event) == ("Picture", False)
    actions.erase_text(city.xiaolin.pk)
    assert not file.exists()
    picture.refresh_from_db()
    with pytest.raises(NotFound):
        media.media_of(picture)
    assert queries.message_for(city.wang, picture.pk) == picture
    with pytest.raises(NotFound):
        queries.message_for(city.outsider, picture.pk)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "answer", [b"<svg onload=x>", b"#!AMR\n123", b'{"errcode":40007,"errmsg":"invalid media_id"}']
)
def test_what_is_no_picture_is_not_shown(picture: Message, answer: bytes) -> None:
    _, client = wechat_answers(answer)
    with pytest.raises(Refused) as refused:
        media.media_of(picture, client=client)
    assert refused.value.message


@pytest.mark.django_db
def test_days_on_which_she_spoke_before(city: City, picture: Message, now: datetime) -> None:
    dialogue = Dialogue.objects.get()
    assert queries.earlier_days(dialogue, today=now.date()) == []
    tomorrow = now.date().toordinal() + 2
    ((_, count, first),) = queries.earlier_days(dialogue, today=now.date().fromordinal(tomorrow))
    assert (count, first) == (1, picture.pk)
