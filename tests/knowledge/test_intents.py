"""The learning loop: unanswered questions find their intents, agencies owe answers, closing is measured."""

import itertools
from datetime import date, datetime, timedelta

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from minxin.agencies.models import Agency, AuditEntry, Staff, StaffNotice
from minxin.citizens.actions import Meeting, meet_many, unfollow
from minxin.citizens.identity import key_of
from minxin.core.errors import NotFound, Refused
from minxin.knowledge import learning
from minxin.knowledge.actions import (
    Asking,
    EntryDraft,
    answer_unanswered,
    create_entry,
    dismiss_unanswered,
    forget_asker,
    record_askings,
    record_unanswered,
)
from minxin.knowledge.actions import intents as actions
from minxin.knowledge.clustering import Grouping
from minxin.knowledge.models import Entry, Intent, IntentQuestion, UnansweredQuestion, WeekAsked
from minxin.knowledge.queries import intents as queries
from minxin.knowledge.rules.intents import drop_of, need_of, week_of, weeks_until
from minxin.tickets import intent_owners
from tests.knowledge.conftest import Editors
from tests.knowledge.drafts import draft
from tests.support.city import APP_ID, SETUP, City

BEES = ("养蜂要到哪里备案", "村里养蜂到哪里备案", "村里养蜂备案登记在哪里")
DRONE = "无人机在公园能飞吗"


def asked(city: City, *texts: str, now: datetime, who: str | None = None) -> None:
    record_askings([Asking(city.police.pk, text, who, now) for text in texts], now=now)


def placed(city: City, *texts: str, now: datetime) -> list[Intent]:
    asked(city, *texts, now=now)
    learning.work(clock=lambda: now)
    return list(Intent.objects.order_by("id"))


# Counting ----------------------------------------------------------------------------------------


def test_who_asks_twice_is_one_citizen_and_two_askings(city: City, now: datetime) -> None:
    other = key_of(APP_ID, "oXiaohong0000000000000000")
    meet_many([Meeting(other, city.account.pk, "oXiaohong0000000000000000", now, True)], now=now)
    asked(city, DRONE, DRONE, now=now, who=city.xiaolin.pk)
    asked(city, DRONE, now=now, who=other)
    asked(city, DRONE, now=now - timedelta(weeks=1), who=other)
    rows = WeekAsked.objects.order_by("week", "id").values_list("week", "citizen_id", "times")
    this = week_of(now.date())
    assert list(rows) == [
        (this - timedelta(weeks=1), other, 1),
        (this, city.xiaolin.pk, 2),
        (this, other, 1),
    ]
    learning.work(clock=lambda: now)
    found = Intent.objects.get()
    assert (found.times, found.citizens, found.recent_citizens) == (4, 2, 2)
    assert found.trend == [0, 0, 0, 0, 0, 0, 1, 3]
    assert found.need == need_of(2, 0) == 4


def test_who_unfollowed_is_counted_and_is_nobody(city: City, now: datetime) -> None:
    asked(city, DRONE, now=now)
    asked(city, DRONE, DRONE, now=now, who=city.xiaolin.pk)
    asked(city, DRONE, now=now - timedelta(weeks=1), who=city.xiaolin.pk)
    with transaction.atomic():
        assert unfollow(city.xiaolin.pk, at=now, actor=SETUP, now=now)
        assert forget_asker(city.xiaolin.pk) == 2
    asked(city, DRONE, now=now, who=city.xiaolin.pk)  # read after she was erased
    rows = WeekAsked.objects.order_by("week").values_list("week", "citizen_id", "times")
    this = week_of(timezone.localdate(now))
    assert list(rows) == [(this - timedelta(weeks=1), None, 1), (this, None, 4)]


def test_the_last_question_settled_by_itself_ends_its_intent(
    city: City, editors: Editors, now: datetime
) -> None:
    (bees,) = placed(city, *BEES[:2], now=now)
    first, second = UnansweredQuestion.objects.order_by("id")
    dismiss_unanswered(first, actor=editors.li, now=now)
    bees.refresh_from_db()
    assert bees.status == Intent.Status.OPEN
    entry = answer_unanswered(second, draft(BEES[0]), agency=city.police, actor=editors.li, now=now)
    bees.refresh_from_db()
    assert (bees.status, bees.entry, bees.closed_by) == ("closed", entry, editors.li)


def test_an_agency_out_of_use_stops_nobody_else(city: City, now: datetime) -> None:
    found = placed(city, BEES[0], DRONE, now=now)
    Agency.objects.filter(pk=city.police.pk).update(is_active=False)
    Intent.objects.filter(pk=found[1].pk).update(agency=city.water)
    assert intent_owners.work(clock=lambda: now) == 2
    owners = dict(Intent.objects.values_list("pk", "owner__code"))
    assert owners == {found[0].pk: "yunxi", found[1].pk: "water"}


# Putting together --------------------------------------------------------------------------------


def test_questions_alike_are_one_intent_and_others_are_not(city: City, now: datetime) -> None:
    found = placed(city, *BEES, DRONE, now=now)
    assert [each.places.count() for each in found] == [3, 1]
    assert found[0].title == BEES[0]


def test_an_intent_keeps_its_number_and_name_when_questions_join(city: City, now: datetime) -> None:
    before = placed(city, BEES[0], DRONE, now=now)
    after = placed(city, BEES[1], now=now)
    assert [(each.pk, each.title) for each in after] == [(each.pk, each.title) for each in before]
    assert after[0].places.count() == 2


def test_the_night_twice_changes_nothing(city: City, now: datetime) -> None:
    placed(city, *BEES, DRONE, now=now)
    before = list(IntentQuestion.objects.values_list("question", "intent"))
    assert learning.work(clock=lambda: now) == 0
    assert list(IntentQuestion.objects.values_list("question", "intent")) == before


def test_what_was_asked_of_another_agency_stays_apart(city: City, now: datetime) -> None:
    asked(city, DRONE, now=now)
    record_unanswered([(city.water.pk, DRONE)], now=now)
    learning.work(clock=lambda: now)
    assert Intent.objects.count() == 2


def test_supply_names_the_nearest_entry(city: City, editors: Editors, now: datetime) -> None:
    entry = create_entry(
        draft("居民养蜂怎样登记备案？", "到农业农村局。"), agency=city.police, actor=SETUP, now=now
    )
    (found,) = placed(city, "养蜂要带什么材料去备案登记呢", now=now)
    assert found.near == [entry.pk]
    assert found.supply_on == now.date()
    assert queries.near_entries(found) == [entry]


def test_a_topic_shared_lets_join_what_is_less_alike() -> None:
    texts = ("小孩转学到本市怎么办", "转学本市要准备哪些")
    bar = 1.0
    apart = Grouping(join=bar, join_in_topic=0.2, hold=0.0)
    apart.put(1, 1, texts[0], "教育")
    assert apart.place(texts[1], "交通") is None
    found = apart.place(texts[1], "教育")
    assert found is not None
    assert found.intent == 1


def test_a_chain_of_small_steps_does_not_carry_an_intent_away() -> None:
    grouping = Grouping(join=0.3, hold=0.9)
    grouping.put(1, 1, "居住证怎样办理")
    grouping.put(2, 1, "居住证 邮寄 办理 学校")
    assert grouping.place("邮寄 学校 档案") is None


# Pure rules --------------------------------------------------------------------------------------


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.integers(1, 60))
def test_weeks_end_with_this_one_and_are_mondays(day: date, count: int) -> None:
    weeks = weeks_until(day, count)
    assert len(weeks) == count
    assert weeks[-1] <= day < weeks[-1] + timedelta(weeks=1)
    assert all(each.weekday() == 0 for each in weeks)
    assert all(b - a == timedelta(weeks=1) for a, b in itertools.pairwise(weeks))


COUNTS = st.lists(st.integers(0, 30), max_size=8)


@given(COUNTS, COUNTS)
def test_a_drop_is_told_only_when_it_is_one(before: list[int], after: list[int]) -> None:
    found = drop_of(before, after)
    if found.verdict == "fewer":
        assert found.rate_after < found.rate_before
        assert found.before + found.after >= 10
    if found.verdict == "more":
        assert found.rate_after > found.rate_before
    if not before or not after:
        assert found.verdict == "early"
        assert found.chance is None


def test_small_numbers_say_nothing() -> None:
    assert drop_of([1, 2, 1], [0, 0]).verdict == "few"
    assert drop_of([9, 8, 10, 9], [1, 0, 1, 0]).verdict == "fewer"
    assert drop_of([5, 5, 5], [5, 4, 6]).verdict == "same"
    assert drop_of([1, 0, 1, 1], [9, 8, 9]).verdict == "more"


# Owing -------------------------------------------------------------------------------------------


def test_where_the_list_names_nobody_the_asked_agency_owes(
    city: City, editors: Editors, now: datetime
) -> None:
    placed(city, DRONE, BEES[0], now=now)
    assert intent_owners.work(clock=lambda: now) == 2
    found = Intent.objects.order_by("id").first()
    assert found is not None
    assert (found.owner, found.owner_by) == (city.police, "account")
    assert found.due_on is not None
    assert found.due_on > now.date()
    assert StaffNotice.objects.filter(staff=editors.li, kind="review.intents").count() == 1
    assert intent_owners.work(clock=lambda: now) == 0


def test_what_is_due_soon_is_counted_per_owner(city: City, editors: Editors, now: datetime) -> None:
    (found,) = placed(city, DRONE, now=now)
    soon = now.date() + timedelta(days=2)
    actions.assign_intent(found, city.police, due_on=soon, actor=editors.li, now=now)
    assert queries.due_intents(now.date()) == [(city.police, 1)]
    assert queries.due_now(editors.li, now.date()) == 1
    assert queries.due_now(editors.gao, now.date()) == 0


def test_an_outsider_sees_and_changes_nothing_until_she_owes(
    city: City, editors: Editors, now: datetime
) -> None:
    (found,) = placed(city, DRONE, now=now)
    with pytest.raises(NotFound):
        actions.dismiss_intent(found, reason="不归我们", actor=editors.gao, now=now)
    with pytest.raises(NotFound):
        queries.intent_for(editors.gao, found.pk)
    actions.assign_intent(found, city.water, actor=editors.li, now=now)
    assert queries.intent_for(editors.gao, found.pk) == found
    assert queries.may_edit_intent(editors.gao, queries.intent_for(editors.gao, found.pk))


@pytest.mark.parametrize("name", ["wang", "auditor", "operator"])
def test_who_does_not_edit_knowledge_changes_nothing(city: City, now: datetime, name: str) -> None:
    (found,) = placed(city, DRONE, now=now)
    person: Staff = getattr(city, name)
    with pytest.raises(NotFound):
        actions.assign_intent(found, city.police, actor=person, now=now)
    found.refresh_from_db()
    assert (found.owner, found.status) == (None, "open")


# By hand -----------------------------------------------------------------------------------------


def test_merging_moves_all_questions_and_splitting_takes_some_out(
    city: City, editors: Editors, now: datetime
) -> None:
    one, other = placed(city, BEES[0], BEES[1], DRONE, now=now)
    actions.merge_intents(other, one, actor=editors.li, now=now)
    assert list(queries.intents_visible_to(editors.li)) == [one]
    assert one.places.count() == 3
    drone = UnansweredQuestion.objects.get(text=DRONE)
    made = actions.split_questions(one, [drone.pk], actor=editors.li, now=now)
    one.refresh_from_db()
    assert (made.title, made.times, one.times) == (DRONE, 1, 2)
    verbs = AuditEntry.objects.filter(verb__startswith="intent.").values_list("verb", flat=True)
    assert set(verbs) == {"intent.merged", "intent.split"}


def test_one_is_not_merged_into_itself_nor_emptied_by_splitting(
    city: City, editors: Editors, now: datetime
) -> None:
    (found,) = placed(city, DRONE, now=now)
    with pytest.raises(Refused):
        actions.merge_intents(found, found, actor=editors.li, now=now)
    everything = [place.question_id for place in found.places.all()]
    with pytest.raises(Refused):
        actions.split_questions(found, everything, actor=editors.li, now=now)
    with pytest.raises(Refused):
        queries.mergeable(editors.li, found, 999_999)


def closed(city: City, editors: Editors, now: datetime) -> tuple[Intent, Entry]:
    (found,) = placed(city, *BEES, now=now)
    entry = create_entry(
        draft("养蜂在哪里备案？", "到农业农村局。"), agency=city.police, actor=editors.li, now=now
    )
    actions.close_intent(found, entry, actor=editors.li, now=now)
    found.refresh_from_db()
    return found, entry


def test_closing_answers_the_questions_and_teaches_the_entry_their_words(
    city: City, editors: Editors, now: datetime
) -> None:
    found, entry = closed(city, editors, now)
    assert (found.status, found.entry, found.closed_by) == ("closed", entry, editors.li)
    states = UnansweredQuestion.objects.values_list("status", "entry")
    assert set(states) == {("answered", entry.pk)}
    assert set(entry.variants.values_list("text", flat=True)) == set(BEES)


def test_a_draft_closes_nothing(city: City, editors: Editors, now: datetime) -> None:
    (found,) = placed(city, DRONE, now=now)
    entry = create_entry(
        EntryDraft(question="无人机", answer="请先报备。"),
        agency=city.police,
        actor=editors.li,
        now=now,
    )
    for wrong in (entry, None):
        with pytest.raises(Refused) as refusal:
            actions.close_intent(found, wrong, actor=editors.li, now=now)
        assert refusal.value.field == "entry"
    found.refresh_from_db()
    assert found.status == "open"


def test_a_closed_intent_is_reopened_with_a_reason(
    city: City, editors: Editors, now: datetime
) -> None:
    found, _entry = closed(city, editors, now)
    with pytest.raises(Refused):
        actions.reopen_intent(found, reason=" ", actor=editors.li, now=now)
    actions.reopen_intent(found, reason="还是常问", actor=editors.li, now=now)
    found.refresh_from_db()
    assert (found.status, found.entry, found.closed_at) == ("open", None, None)
    assert set(UnansweredQuestion.objects.values_list("status", flat=True)) == {"open"}


def test_the_weeks_around_closing_show_the_drop(
    city: City, editors: Editors, now: datetime
) -> None:
    for back in (4, 3, 2, 1):
        for _time in range(5):
            asked(city, BEES[0], now=now - timedelta(weeks=back))
    found, _entry = closed(city, editors, now)
    weeks, drop = queries.curve(found, now.date())
    assert drop is not None
    assert drop.verdict == "early"
    later = now + timedelta(weeks=4)
    asked(city, BEES[0], now=now + timedelta(weeks=2))
    weeks, drop = queries.curve(found, later.date())
    assert [week.phase for week in weeks] == ["before"] * 4 + ["closing"] + ["after"] * 3
    assert drop is not None
    assert (drop.before, drop.after, drop.verdict) == (20, 1, "fewer")
