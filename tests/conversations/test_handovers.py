"""Another agency goes on with a conversation: asked, agreed to or not, read by both, given back, counted."""

from datetime import datetime, timedelta

import pytest

from minxin.agencies.actions import add_staff
from minxin.agencies.models import AuditEntry, Staff, StaffNotice
from minxin.agencies.rules import Permission, Role
from minxin.conversations import actions, queries
from minxin.conversations.actions import record_batch
from minxin.conversations.models import Dialogue, Handover, Outgoing
from minxin.conversations.rules.handovers import answer_in, needs_consent, tap_of
from minxin.core.errors import NotFound, Refused
from tests.conversations.conftest import said
from tests.support.city import PASSWORD, SETUP, City
from tests.support.inbox import follow_inbox

pytestmark = pytest.mark.django_db
READ, ANSWER = Permission.READ_CONVERSATIONS, Permission.ANSWER_CONVERSATIONS


@pytest.fixture
def dialogue(city: City, now: datetime) -> Dialogue:
    record_batch([said(city, "水表坏了找谁", 1, now)], now=now)
    follow_inbox(now)
    return queries.dialogue_for(city.wang, ANSWER, city.xiaolin.pk)


def asked(city: City, dialogue: Dialogue, now: datetime) -> Handover:
    return actions.hand_over(
        dialogue, city.water, "水表坏了由谁换", key="h", actor=city.wang, now=now
    )


def seen_by(staff: Staff, key: str, permission: Permission = READ) -> bool:
    try:
        queries.dialogue_for(staff, permission, key)
    except NotFound:
        return False
    return True


def test_she_is_asked_and_until_she_agrees_nobody_else_reads_it(
    city: City, dialogue: Dialogue, now: datetime
) -> None:
    row = asked(city, dialogue, now)
    assert row.status == "asked"
    content = Outgoing.objects.get().content
    assert [key for key, _ in content["items"]] == [tap_of(row.pk, "yes"), tap_of(row.pk, "no")]
    assert not seen_by(city.outsider, dialogue.pk)
    with pytest.raises(Refused):
        asked(city, dialogue, now)
    actions.answer_handover(row.pk, agrees=True, actor=city.xiaolin, now=now)
    assert seen_by(city.outsider, dialogue.pk, ANSWER)
    assert seen_by(city.wang, dialogue.pk, ANSWER)
    assert StaffNotice.objects.get(kind="handover").staff == city.outsider
    theirs = queries.dialogue_for(city.outsider, ANSWER, dialogue.pk)
    assert next(iter(queries.thread(theirs))).text == "水表坏了找谁"
    actions.answer_as_staff(theirs, "由我们免费更换。", key="a", actor=city.outsider, now=now)
    counts = queries.queue_counts(city.outsider, agencies=[city.water.pk], now=now)
    assert (counts.mine, counts.agency, counts.branches[0].name) == (1, 1, "云溪市水务局")
    assert queries.queue_counts(city.wang, agencies=[city.police.pk], now=now).agency == 0
    span = {"since": now - timedelta(days=1), "until": now + timedelta(days=1)}
    assert queries.handover_counts([city.police.pk], **span) == (1, 0)
    assert queries.handover_counts([city.water.pk], **span) == (0, 1)
    assert set(queries.handovers_visible_to(city.outsider)) == {row}


def test_she_does_not_agree_and_a_second_tap_changes_nothing(
    city: City, dialogue: Dialogue, now: datetime
) -> None:
    row = asked(city, dialogue, now)
    actions.answer_handover(row.pk, agrees=False, actor=city.xiaolin, now=now)
    again = actions.answer_handover(row.pk, agrees=True, actor=city.xiaolin, now=now)
    assert again.status == "declined"
    assert not seen_by(city.outsider, dialogue.pk)
    span = {"since": now - timedelta(days=1), "until": now + timedelta(days=1)}
    assert queries.handover_counts([city.police.pk, city.water.pk], **span) == (0, 0)
    stranger = dialogue.citizen
    stranger.pk = "f" * 64
    with pytest.raises(NotFound):
        actions.answer_handover(row.pk, agrees=True, actor=stranger, now=now)


def test_within_the_agency_she_wrote_to_it_moves_at_once(
    city: City, dialogue: Dialogue, now: datetime
) -> None:
    duty = add_staff(
        username="dutyone", name="周值班", agency=city.station, role=Role.AGENT,
        password=PASSWORD, actor=SETUP, now=now,
    )  # fmt: skip
    assert not seen_by(duty, dialogue.pk)
    row = actions.hand_over(dialogue, city.station, "到现场看看", key="h", actor=city.wang, now=now)
    assert (row.status, Outgoing.objects.get().content["kind"]) == ("open", "text")
    assert seen_by(duty, dialogue.pk, ANSWER)


def test_returned_with_a_reason_or_taken_back(
    city: City, dialogue: Dialogue, now: datetime
) -> None:
    row = asked(city, dialogue, now)
    actions.answer_handover(row.pk, agrees=True, actor=city.xiaolin, now=now)
    theirs = queries.dialogue_for(city.outsider, ANSWER, dialogue.pk)
    with pytest.raises(Refused):
        actions.take_back(theirs, " ", actor=city.outsider, now=now)
    actions.take_back(theirs, "不归我们管", actor=city.outsider, now=now)
    row.refresh_from_db()
    assert (row.status, row.reason) == ("returned", "不归我们管")
    assert not seen_by(city.outsider, dialogue.pk)
    mine = queries.dialogue_for(city.wang, ANSWER, dialogue.pk)
    assert mine.wants_person_at == now
    second = actions.hand_over(mine, city.water, "再看看", key="h2", actor=city.wang, now=now)
    actions.take_back(mine, actor=city.wang, now=now)
    second.refresh_from_db()
    assert second.status == "withdrawn"
    answered = actions.answer_handover(second.pk, agrees=True, actor=city.xiaolin, now=now)
    assert answered.status == "withdrawn"
    assert not seen_by(city.outsider, dialogue.pk)


def test_closing_ends_it_and_erasing_forgets_the_question(
    city: City, dialogue: Dialogue, now: datetime
) -> None:
    row = asked(city, dialogue, now)
    actions.answer_handover(row.pk, agrees=True, actor=city.xiaolin, now=now)
    theirs = queries.dialogue_for(city.outsider, ANSWER, dialogue.pk)
    actions.close(theirs, actor=city.outsider, now=now)
    row.refresh_from_db()
    assert row.status == "done"
    assert not seen_by(city.outsider, dialogue.pk)
    actions.erase_text(dialogue.pk)
    row.refresh_from_db()
    assert row.question is None


@pytest.mark.parametrize("question", ["", "长" * 501])
def test_what_is_refused_changes_nothing(
    city: City, dialogue: Dialogue, now: datetime, question: str
) -> None:
    audited = AuditEntry.objects.count()
    with pytest.raises(Refused):
        actions.hand_over(dialogue, city.water, question, key="h", actor=city.wang, now=now)
    with pytest.raises(Refused):
        actions.hand_over(dialogue, city.root, "好", key="h", actor=city.wang, now=now)
    for who in (city.outsider, city.zhao):
        with pytest.raises(NotFound):
            actions.hand_over(dialogue, city.water, "好", key="h", actor=who, now=now)
        with pytest.raises(NotFound):
            actions.take_back(dialogue, "好", actor=who, now=now)
    late = now + timedelta(days=3)
    with pytest.raises(Refused):
        actions.hand_over(dialogue, city.water, "好", key="h", actor=city.wang, now=late)
    assert AuditEntry.objects.count() == audited
    assert not Handover.objects.exists()


def test_taps_and_when_she_is_asked() -> None:
    assert answer_in(tap_of(7, "yes")) == (7, True)
    assert answer_in(tap_of(7, "no")) == (7, False)
    for strange in ("handover:x:yes", "handover:7:maybe", "near:7", "", "handover:7:yes "):
        assert answer_in(strange) is None
    assert needs_consent("/1/2/", "/1/3/")
    assert needs_consent("/1/2/", "/1/")
    assert not needs_consent("/1/2/", "/1/2/9/")
