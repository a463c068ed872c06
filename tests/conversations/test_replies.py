"""Saved replies: places and what fills them, whose they are, sheets, counting."""

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minxin.agencies.models import AuditEntry
from minxin.conversations import actions, queries
from minxin.conversations.actions import ReplyDraft, record_batch
from minxin.conversations.models import Dialogue, Outgoing, SavedReply
from minxin.conversations.rules.replies import VARIABLES, called, fill, unfilled, unknown_places
from minxin.core.errors import NotFound, Refused
from tests.conversations.conftest import said
from tests.support.city import City
from tests.support.inbox import follow_inbox

PLAIN = st.text(st.characters(exclude_characters="{}｛｝", exclude_categories=["Cs"]), max_size=20)
PIECES = st.lists(st.one_of(PLAIN, st.sampled_from([f"{{{name}}}" for name in VARIABLES])))


@given(PIECES, st.dictionaries(st.sampled_from(VARIABLES), PLAIN))
def test_every_place_is_filled_or_named(pieces: list[str], values: dict[str, str]) -> None:
    text = "".join(pieces)
    filled = fill(text, values)
    assert filled.missing == unfilled(filled.text)
    wanted = {piece[1:-1] for piece in pieces if piece[:1] == "{"}
    assert set(filled.missing) == {name for name in wanted if not values.get(name, "").strip()}
    if not wanted:
        assert filled.text == text


@given(st.text(max_size=60))
def test_what_a_value_brings_is_not_filled_again(value: str) -> None:
    assert fill("{单位}", {"单位": value, "编号": "X"}).text == (value.strip() or "{单位}")


def test_slips_are_told_from_places() -> None:
    assert unknown_places("{编号}{号码}｛期 限｝{号码}") == ("号码", "期 限")
    assert fill("｛ 编号 ｝", {"编号": "M1"}).text == "M1"
    assert unfilled('{"a": 1}') == ()


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("林小", "林先生/女士"),
        ("欧阳小明", "欧阳先生/女士"),
        ("欧阳", "欧先生/女士"),
        ("", "市民朋友"),
        ("Lin", "市民朋友"),
        ("云溪某某有限责任公司", "市民朋友"),
    ],
)
def test_how_a_citizen_is_addressed(name: str, words: str) -> None:
    assert called(name) == words


@pytest.fixture
def dialogue(city: City, now: datetime) -> Dialogue:
    record_batch([said(city, "身份证丢了怎么补", 1, now)], now=now)
    follow_inbox(now)
    return Dialogue.objects.select_related("account__agency", "citizen").get()


def ready(city: City, now: datetime, title: str = "补证", **kwargs: object) -> SavedReply:
    agency = kwargs.pop("agency", city.police)
    made: SavedReply = SavedReply.objects.create(
        agency=agency, title=title, text="请带户口簿。", changed_at=now, **kwargs
    )
    return made


@pytest.mark.django_db
def test_own_ones_and_those_from_above(city: City, now: datetime) -> None:
    ready(city, now, "问候", agency=city.root, uses=9)
    ready(city, now, "补证", agency=city.root, uses=5)
    own = ready(city, now, "补证")
    ready(city, now, "水费", agency=city.water)
    ready(city, now, "停用的", is_active=False)
    found = queries.replies_for(city.police)
    assert [row.title for row in found] == ["问候", "补证"]
    assert found[1] == own  # its own hides the one from above
    assert [row.title for row in queries.replies_for(city.station, "户口 补")] == ["补证"]
    assert queries.replies_for(city.police, "没有的词") == []
    assert {row.title for row in queries.replies_visible_to(city.outsider)} == {
        "问候",
        "补证",
        "水费",
    }


@pytest.mark.django_db
def test_counted_when_sent_and_only_then(city: City, dialogue: Dialogue, now: datetime) -> None:
    mine, theirs = ready(city, now), ready(city, now, agency=city.water)
    with pytest.raises(Refused, match="编号") as refused:
        actions.answer_as_staff(
            dialogue, "您的{编号}", key="a", actor=city.wang, now=now, used={mine.pk}
        )
    assert refused.value.field == "text"
    assert not Outgoing.objects.exists()
    for _ in range(2):
        actions.answer_as_staff(
            dialogue, "请带户口簿。", key="b", actor=city.wang, now=now, used={mine.pk, theirs.pk}
        )
    mine.refresh_from_db()
    theirs.refresh_from_db()
    assert (mine.uses, mine.used_at, theirs.uses) == (1, now, 0)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("title", "text", "field"),
    [
        ("", "好", "title"),
        ("题", " ", "text"),
        ("长" * 41, "好", "title"),
        ("题", "长" * 601, "text"),
        ("题", "您的{号码}", "text"),
        ("补证", "重名", "title"),
    ],
)
def test_what_cannot_be_kept(city: City, now: datetime, title: str, text: str, field: str) -> None:
    ready(city, now)
    with pytest.raises(Refused) as refused:
        actions.add_reply(ReplyDraft(title, text), agency=city.police, actor=city.wang, now=now)
    assert refused.value.field == field
    assert SavedReply.objects.count() == 1


@pytest.mark.django_db
def test_a_sheet_comes_in_whole_or_not_at_all(city: City, now: datetime) -> None:
    ready(city, now)
    good = [(2, ReplyDraft("补证", "带身份证。", is_active=False)), (3, ReplyDraft("新", "{单位}"))]
    bad = [*good, (4, ReplyDraft("新", "重复")), (5, ReplyDraft("", ""))]
    with pytest.raises(Refused, match="第 4 行：标题在表格里重复。第 5 行：请填写标题。"):
        actions.import_replies(bad, agency=city.police, actor=city.wang, now=now)
    assert SavedReply.objects.get().text == "请带户口簿。"
    counts = actions.import_replies(good, agency=city.police, actor=city.wang, now=now)
    assert counts == (1, 1)
    assert SavedReply.objects.get(title="补证").is_active is False
    assert AuditEntry.objects.latest("id").verb == "saved_reply.imported"


@pytest.mark.django_db
def test_who_does_not_answer_here_keeps_nothing_here(city: City, now: datetime) -> None:
    row, draft = ready(city, now), ReplyDraft("新", "好")
    audited = AuditEntry.objects.count()
    for who in (city.outsider, city.zhao):
        for act in (
            lambda who: actions.add_reply(draft, agency=city.police, actor=who, now=now),
            lambda who: actions.change_reply(row, draft, actor=who, now=now),
            lambda who: actions.import_replies(
                [(2, draft)], agency=city.police, actor=who, now=now
            ),
            lambda who: queries.reply_for(who, row.pk),
        ):
            with pytest.raises(NotFound):
                act(who)
    assert AuditEntry.objects.count() == audited
    assert SavedReply.objects.get().title == "补证"
