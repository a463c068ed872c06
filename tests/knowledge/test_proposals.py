"""From a reply to knowledge: what is somebody's is taken out or refused; a second person decides."""

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minxin.agencies import actions as agencies
from minxin.agencies.models import AuditEntry, Staff, StaffNotice
from minxin.agencies.rules import Role
from minxin.core.errors import NotFound, Refused
from minxin.knowledge.actions import EntryDraft
from minxin.knowledge.actions.proposals import (
    Offer,
    Replied,
    accept_proposal,
    decline_proposal,
    propose_entry,
)
from minxin.knowledge.models import Entry, EntryProposal, IndexChange
from minxin.knowledge.rules.proposals import drafted, what_is_hers
from tests.support.city import PASSWORD, SETUP, City
from tests.support.entries import entry

MOBILE = "13812345678"


def test_her_words_lose_what_is_hers() -> None:
    draft = drafted(
        ["我叫林晓梅，电话13812345678，居住证到期了怎么续签？", "你好", "东桥路12号3单元的"],
        "林女士，您好！请带身份证到派出所办理，咨询0571-88001234，或打13912345678。",
    )
    assert draft.question == "居住证到期了怎么续签"
    assert draft.answer.startswith("请带身份证到派出所办理，咨询0571-88001234")
    assert "13912345678" not in draft.answer
    assert not what_is_hers(draft.question)
    assert what_is_hers(draft.answer) == ["****"]


def test_a_question_stands_before_a_story_and_nothing_left_is_nothing() -> None:
    draft = drafted(["昨天去了派出所窗口", "居住证在哪里申领"], "到派出所办理。")
    assert draft.question == "居住证在哪里申领"
    assert draft.ways == ("昨天去了派出所窗口",)
    assert drafted(["您好", "谢谢"], "不客气").question == ""
    assert drafted([], "不客气").question == ""


@pytest.mark.parametrize(
    ("text", "known"),
    [
        (f"请联系{MOBILE}", ()),
        ("请联系 １３８１２３４５６７８", ()),
        ("证号11010519491231002X的可以办", ()),
        ("我叫林晓梅怎么办", ()),
        ("电话138******78", ()),
        ("住××的怎么办", ()),
        ("林女士，请来办理", ()),
        ("请林晓梅来办理", ("林晓梅",)),
    ],
)
def test_what_is_somebodys_is_seen(text: str, known: tuple[str, ...]) -> None:
    assert what_is_hers(text, known)


@pytest.mark.parametrize(
    "text",
    [
        "本人到任一派出所即可，约10个工作日",
        "咨询电话0571-88001234",
        "二楼12号窗口",
        "孕妇、老年女士可以优先",
    ],
)
def test_what_offices_say_is_not(text: str) -> None:
    assert what_is_hers(text) == []


@given(st.text(alphabet="我的电话居住证怎么办，。 1389234567", max_size=60))
def test_no_number_of_hers_survives(noise: str) -> None:
    draft = drafted(
        [f"{noise}，{MOBILE}，{noise}", f"电话{MOBILE}{noise}"], f"请打{MOBILE}，{noise}"
    )
    for text in (draft.question, *draft.ways, draft.answer):
        assert MOBILE not in text
    assert not what_is_hers(draft.question)
    assert not any(what_is_hers(each) for each in draft.ways)


@pytest.fixture
def editors(city: City, now: datetime) -> tuple[Staff, Staff]:
    def editor(username: str, name: str) -> Staff:
        return agencies.add_staff(
            username=username, name=name, agency=city.police, role=Role.EDITOR,
            password=PASSWORD, must_change_password=False, actor=SETUP, now=now,
        )  # fmt: skip

    return editor("zhoumin", "周敏"), editor("qianyu", "钱宇")


def _replied(city: City, number: int = 7, hers: tuple[str, ...] = ()) -> Replied:
    return Replied(EntryProposal.Origin.CONVERSATION, number, city.police, hers)


OFFER = Offer("居住证到期了怎么续签", "请带身份证到派出所办理。", ("居住证过期咋办",), "户籍")


def test_it_waits_for_another_editor_and_becomes_an_entry(
    city: City, editors: tuple[Staff, Staff], now: datetime
) -> None:
    made = propose_entry(OFFER, _replied(city), actor=city.wang, now=now)
    assert {each.staff_id for each in StaffNotice.objects.filter(kind="review.proposals")} == {
        each.pk for each in editors
    }
    assert not Entry.objects.exists()
    finished = EntryDraft(
        made.question, made.answer, variants=tuple(made.ways), source_title="居住证办事指南",
        issuing_agency="云溪市公安局", status="published",
    )  # fmt: skip
    entry_made = accept_proposal(made, finished, agency=city.police, actor=editors[0], now=now)
    made.refresh_from_db()
    assert (made.status, made.entry, made.decided_by) == ("accepted", entry_made, editors[0])
    assert {each.text for each in entry_made.variants.all()} == {"居住证过期咋办"}
    assert StaffNotice.objects.filter(staff=city.wang, kind="review.proposals").count() == 1
    assert AuditEntry.objects.filter(verb="entry_proposal.accepted").exists()


def test_nobody_decides_on_her_own(city: City, editors: tuple[Staff, Staff], now: datetime) -> None:
    both = editors[0]
    made = propose_entry(OFFER, _replied(city), actor=city.wang, now=now)
    EntryProposal.objects.update(proposed_by=both)
    with pytest.raises(Refused, match="另一个人"):
        decline_proposal(made, reason="重复", actor=both, now=now)
    with pytest.raises(NotFound):
        accept_proposal(made, actor=city.wang, now=now)
    with pytest.raises(NotFound):
        decline_proposal(made, reason="不想要", actor=city.outsider, now=now)
    made.refresh_from_db()
    assert made.status == "open"


def test_a_reply_is_offered_once_until_it_was_declined(
    city: City, editors: tuple[Staff, Staff], now: datetime
) -> None:
    made = propose_entry(OFFER, _replied(city), actor=city.wang, now=now)
    with pytest.raises(Refused, match="已经送审"):
        propose_entry(OFFER, _replied(city), actor=city.wang, now=now)
    decline_proposal(made, reason="只对这一件事", actor=editors[1], now=now)
    again = propose_entry(OFFER, _replied(city), actor=city.wang, now=now)
    assert again.pk != made.pk
    with pytest.raises(Refused, match="已经有人审核"):
        decline_proposal(made, reason="再来一次", actor=editors[0], now=now)


def test_what_is_hers_is_refused_and_nothing_kept(
    city: City, editors: tuple[Staff, Staff], now: datetime
) -> None:
    for offer in (
        Offer(f"我的电话是{MOBILE}怎么办", "来办"),
        Offer("怎么办居住证", f"请联系{MOBILE}"),
        Offer("怎么办居住证", "来办", (f"打{MOBILE}",)),
        Offer("怎么办居住证", "林晓梅您来办"),
    ):
        with pytest.raises(Refused, match="个人信息"):
            propose_entry(offer, _replied(city, hers=("林晓梅",)), actor=city.wang, now=now)
    assert not EntryProposal.objects.exists()


def test_who_does_not_answer_there_offers_nothing(
    city: City, editors: tuple[Staff, Staff], now: datetime
) -> None:
    for person in (city.outsider, city.zhao, city.operator):
        with pytest.raises(NotFound):
            propose_entry(OFFER, _replied(city), actor=person, now=now)


def test_where_nobody_else_edits_it_is_said(city: City, now: datetime) -> None:
    with pytest.raises(Refused, match="别的编辑"):
        propose_entry(OFFER, _replied(city), actor=city.wang, now=now)


def test_for_one_that_is_there_its_words_become_ways_of_asking(
    city: City, editors: tuple[Staff, Staff], now: datetime
) -> None:
    known = entry(city.police, "居住证怎样续签", now=now, variants=("续签居住证",))
    offer = Offer(OFFER.question, OFFER.answer, OFFER.ways, "", "variant", known)
    made = propose_entry(offer, _replied(city), actor=city.wang, now=now)
    before, changes = known.answer, IndexChange.objects.count()
    accept_proposal(made, actor=editors[0], now=now)
    known.refresh_from_db()
    ways = {each.text for each in known.variants.all()}
    assert ways == {"续签居住证", "居住证到期了怎么续签", "居住证过期咋办"}
    assert known.answer == before
    assert IndexChange.objects.count() == changes + 1
