"""Tickets about one matter: merged under a lead, undone, followed; everybody is told once."""

import random
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.test import override_settings

from minxin.agencies.actions import add_staff
from minxin.agencies.rules import Role
from minxin.citizens.actions import Meeting, meet_many
from minxin.citizens.identity import key_of
from minxin.citizens.models import Citizen
from minxin.conversations import actions as conversations
from minxin.conversations.models import Cursor, Outgoing
from minxin.core.errors import AlreadyDone, NotFound, Refused
from minxin.tickets import actions, indexing, queries
from minxin.tickets.actions import spreading, telling
from minxin.tickets.models import Follower, Ticket
from minxin.tickets.queries import neighbours
from tests.support.city import APP_ID, PASSWORD, SETUP, City, build_city

LAMP = "东桥路和建设街交叉口的路灯坏了三天没有人修，晚上过马路很危险，请尽快处理。"
LAMP_TOO = "东桥路和建设街路口路灯坏了三天没人修，晚上过马路危险，请尽快处理"
PLACE = "东桥路与建设街路口"
WHY = "同一处路灯"
LATER = timedelta(minutes=1)
PAGES = spreading.Pages(
    own=lambda ticket: f"http://x/{ticket.number}/",
    followed=lambda ticket: f"http://x/followed/{ticket.number}/",
)


@pytest.fixture
def city(db: None, now: datetime) -> City:
    return build_city(now)


def person(city: City, name: str, now: datetime) -> Citizen:
    openid = f"o{name:0>27}"
    key = key_of(APP_ID, openid)
    meet_many([Meeting(key, city.account.pk, openid, now, "followed")], now=now)
    return Citizen.objects.select_related("account").get(pk=key)


def filed(city: City, who: Citizen, now: datetime, text: str = LAMP, place: str = PLACE) -> Ticket:
    return actions.file(
        text=text, place=place, citizen=who, account=city.account, source="portal",
        key=f"{who.pk}:{Ticket.objects.count()}", actor=who, now=now,
    )  # fmt: skip


def answered(city: City, lead: Ticket, now: datetime) -> None:
    actions.accept(lead, actor=city.wang, now=now)
    actions.answer(
        lead, "路灯已经修好，电话13800138000。", link="http://x", actor=city.wang, now=now
    )


def spread(now: datetime) -> None:
    while spreading.spread(PAGES, now=now + LATER):
        pass


def test_merged_tickets_are_answered_and_closed_with_their_lead(city: City, now: datetime) -> None:
    her, him = person(city, "her", now), person(city, "him", now)
    lead, other = filed(city, city.xiaolin, now), filed(city, her, now, LAMP_TOO)
    due = other.due_at
    actions.follow(lead, actor=him, now=now)
    actions.merge(other, lead, reason=WHY, actor=city.wang, now=now)
    answered(city, lead, now)
    spread(now)
    other.refresh_from_db()
    assert (other.status, other.due_at, other.answered_at) == ("answered", due, now)
    assert "已经修好" in other.answer
    assert "13800138000" not in other.answer  # whoever asked first told it, others need not know
    told = Counter(Outgoing.objects.values_list("citizen", flat=True))
    # She: merged, accepted, answered. He: accepted, answered. Whose ticket it is: her own answer.
    assert told == {her.pk: 3, him.pk: 2, city.xiaolin.pk: 1}
    last = Outgoing.objects.filter(citizen=her).latest("pk")
    assert (last.channel, f"rate:{other.number}:satisfied" in str(last.content)) == ("custom", True)
    assert "13800138000" not in str(Outgoing.objects.filter(citizen=him).latest("pk").content)
    actions.close(lead, actor=city.wang, now=now)
    spread(now)
    other.refresh_from_db()
    assert (other.status, Outgoing.objects.count()) == ("closed", 6)


def test_a_worker_that_dies_tells_nobody_twice(city: City, now: datetime) -> None:
    lead = filed(city, city.xiaolin, now)
    people = [person(city, f"p{each}", now) for each in range(5)]
    for each in people:
        actions.follow(lead, actor=each, now=now)
    answered(city, lead, now)
    sent = conversations.send
    for dies_after in range(4):
        count = 0

        def dying(*args: object, limit: int = dies_after, **kwargs: object) -> object:
            nonlocal count
            count += 1
            if count > limit:
                raise KeyboardInterrupt
            return sent(*args, **kwargs)  # type: ignore[arg-type]

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(telling, "send", dying)
            with pytest.raises(KeyboardInterrupt):
                spread(now)
    spread(now)
    Cursor.objects.filter(name=spreading.CURSOR).delete()  # even when the bookmark is lost
    spread(now)
    told = Counter(Outgoing.objects.values_list("citizen", flat=True))
    assert told == {city.xiaolin.pk: 1, **{each.pk: 2 for each in people}}


def test_random_merges_keep_leads_flat_and_tell_everybody_once(city: City, now: datetime) -> None:
    draw = random.Random(3)
    people = [person(city, f"q{each}", now) for each in range(7)]
    tickets = [filed(city, draw.choice(people), now, f"{LAMP}第{n}次") for n in range(9)]
    for each in people:
        actions.follow(draw.choice([t for t in tickets if t.citizen != each]), actor=each, now=now)
    for _step in range(60):
        one, other = draw.sample(tickets, 2)
        one, other = Ticket.objects.get(pk=one.pk), Ticket.objects.get(pk=other.pk)
        try:
            if draw.random() < 0.7:
                actions.merge(one, other, reason=WHY, actor=city.wang, now=now)
            else:
                actions.unmerge(one, reason="不是一件事", actor=city.wang, now=now)
        except (Refused, AlreadyDone):
            pass
        for row in Ticket.objects.exclude(merged_into=None).select_related("merged_into"):
            assert row.merged_into is not None
            assert (
                row.merged_into.merged_into_id is None
            )  # one step to the lead: no chain, no circle
            assert row.merged_into_id != row.pk
    before = Counter(Outgoing.objects.values_list("citizen", flat=True))
    leads = list(Ticket.objects.filter(merged_into=None))
    expected: Counter[str] = Counter()
    for lead in leads:
        Ticket.objects.filter(pk=lead.pk).update(status="accepted")  # one event each: the answer
        actions.answer(lead, "已经修好。", link="http://x", actor=city.wang, now=now)
        waiting = {each.citizen.pk for each in neighbours.waiting_with(lead)}
        assert lead.citizen_id not in waiting
        expected.update({lead.citizen_id or "": 1} | dict.fromkeys(waiting, 1))
    spread(now)
    after = Counter(Outgoing.objects.values_list("citizen", flat=True))
    assert after - before == expected
    assert not Ticket.objects.exclude(status="answered").exists()


def test_what_cannot_be_merged(city: City, now: datetime) -> None:
    one, two, three = (filed(city, city.xiaolin, now, f"{LAMP}{n}") for n in range(3))
    with pytest.raises(Refused, match="自己"):
        actions.merge(one, one, reason=WHY, actor=city.wang, now=now)
    with pytest.raises(Refused, match="理由"):
        actions.merge(one, two, reason=" ", actor=city.wang, now=now)
    actions.merge(one, two, reason=WHY, actor=city.wang, now=now)
    with pytest.raises(AlreadyDone):
        actions.merge(one, two, reason=WHY, actor=city.wang, now=now)
    with pytest.raises(Refused, match="并入那一件"):
        actions.merge(three, one, reason=WHY, actor=city.wang, now=now)
    with pytest.raises(Refused, match="并入那一件"):
        actions.merge(two, one, reason=WHY, actor=city.wang, now=now)  # the other way round
    report = filed(city, city.xiaolin, now, "我要举报这个工地夜间违法施工")
    with pytest.raises(Refused, match="举报"):
        actions.merge(report, two, reason=WHY, actor=city.wang, now=now)
    answered(city, two, now)
    with pytest.raises(Refused, match="已经答复"):
        actions.merge(three, two, reason=WHY, actor=city.wang, now=now)


def test_who_may_merge(city: City, now: datetime) -> None:
    one, two = (filed(city, city.xiaolin, now, f"{LAMP}{n}") for n in range(2))
    for stranger in (city.outsider, city.auditor, city.operator):
        with pytest.raises(NotFound):
            actions.merge(one, two, reason=WHY, actor=stranger, now=now)
    actions.assign(two, city.water, reason="水务", actor=city.wang, now=now)
    with pytest.raises(NotFound):  # both, where they are now
        actions.merge(one, two, reason=WHY, actor=city.wang, now=now)
    assert not Ticket.objects.exclude(merged_into=None).exists()


def test_a_merge_undone_leaves_the_ticket_as_it_was(city: City, now: datetime) -> None:
    her = person(city, "her", now)
    lead, other = filed(city, city.xiaolin, now), filed(city, her, now, LAMP_TOO)
    before = Ticket.objects.filter(pk=other.pk).values().get()
    actions.merge(other, lead, reason=WHY, actor=city.wang, now=now)
    actions.unmerge(other, reason="不是一处", actor=city.wang, now=now)
    assert Ticket.objects.filter(pk=other.pk).values().get() == before
    answered(city, lead, now)
    spread(now)
    assert (
        Outgoing.objects.filter(citizen=her).count() == 2
    )  # merged, undone, and nothing of the lead
    with pytest.raises(AlreadyDone):
        actions.unmerge(other, reason="不是一处", actor=city.wang, now=now)


def test_a_merged_ticket_asked_again_goes_its_own_way(city: City, now: datetime) -> None:
    her = person(city, "her", now)
    lead, other = filed(city, city.xiaolin, now), filed(city, her, now, LAMP_TOO)
    actions.merge(other, lead, reason=WHY, actor=city.wang, now=now)
    answered(city, lead, now)
    spread(now)
    other.refresh_from_db()
    actions.reopen(other, "我这边的灯还是不亮", actor=her, now=now)
    spread(now)
    other.refresh_from_db()
    assert (other.status, other.merged_into) == ("reopened", None)


def test_following_is_once_undone_and_only_of_what_may_be_shared(city: City, now: datetime) -> None:
    her = person(city, "her", now)
    lead = filed(city, city.xiaolin, now)
    first = actions.follow(lead, actor=her, now=now)
    assert actions.follow(lead, actor=her, now=now) == first
    actions.stop_following(first, actor=city.xiaolin, now=now)  # not hers
    assert Follower.objects.count() == 1
    actions.stop_following(first, actor=her, now=now)
    actions.stop_following(first, actor=her, now=now)
    answered(city, lead, now)
    spread(now)
    assert not Outgoing.objects.filter(citizen=her).exists()
    hidden = [
        filed(city, city.xiaolin, now, "我要举报这个工地夜间违法施工"),
        filed(city, city.xiaolin, now, LAMP, place=""),
        filed(city, city.xiaolin, now, LAMP, place="3号楼2单元"),
        filed(city, city.xiaolin, now, f"{LAMP}我的电话13800138000"),
        lead,  # over
    ]
    for each in hidden:
        with pytest.raises(NotFound):
            actions.follow(each, actor=her, now=now)
    own = filed(city, her, now)
    with pytest.raises(Refused, match="自己"):
        actions.follow(own, actor=her, now=now)


def test_a_lead_that_is_withdrawn_leaves_nobody_without_an_answer(
    city: City, now: datetime
) -> None:
    her, follower = person(city, "her", now), person(city, "follower", now)
    lead, own = filed(city, city.xiaolin, now), filed(city, her, now, LAMP_TOO)
    actions.merge(own, lead, reason=WHY, actor=city.wang, now=now)
    actions.follow(lead, actor=follower, now=now)
    actions.withdraw(lead, "", actor=city.xiaolin, now=now)
    spread(now)
    spread(now)
    own.refresh_from_db()
    assert (own.merged_into, own.status) == (None, "submitted")
    (hers,) = Outgoing.objects.filter(citizen=her, key__contains=":unmerged:")
    (told,) = Outgoing.objects.filter(citizen=follower)
    assert "撤回" in str(told.content)
    assert "单独办理" in str(hers.content)


def test_who_follows_hears_that_it_ended_and_not_why(city: City, now: datetime) -> None:
    follower, lead = person(city, "follower", now), filed(city, city.xiaolin, now)
    office = add_staff(
        username="huangwei", name="黄薇", agency=city.root, role=Role.SUPERVISOR, password=PASSWORD,
        must_change_password=False, actor=SETUP, now=now,
    )  # fmt: skip
    actions.follow(lead, actor=follower, now=now)
    why = {"reason": "现场核查并无此事", "evidence": "现场记录两份"}
    actions.propose_malicious(lead, **why, actor=city.wang, now=now)
    actions.confirm_malicious(lead, decision="路灯正常", link="x", actor=city.zhao, now=now)
    spread(now)
    (told,) = Outgoing.objects.filter(citizen=follower)
    assert "终止办理" in str(told.content)
    assert not any(said in str(told.content) for said in ("恶意", "路灯正常", "现场"))
    actions.appeal_malicious(lead, "我说的是事实", actor=city.xiaolin, now=now)
    actions.uphold_appeal(lead, decision="核实属实", link="x", actor=office, now=now)
    spread(now)
    assert "重新办理" in str(Outgoing.objects.filter(citizen=follower).latest("pk").content)


def test_a_merged_ticket_that_is_signed_ends_its_clock_with_the_lead(
    city: City, now: datetime
) -> None:
    her = person(city, "her", now)
    lead, own = filed(city, city.xiaolin, now), filed(city, her, now, LAMP_TOO)
    for verb in (actions.accept, actions.sign):
        verb(own, actor=city.wang, now=now)
    actions.merge(own, lead, reason=WHY, actor=city.wang, now=now)
    answered(city, lead, now)
    spread(now)
    own.refresh_from_db()
    assert (own.status, own.ledger.last().kind) == ("answered", "end")


def test_a_merged_ticket_is_answered_through_its_lead_alone(city: City, now: datetime) -> None:
    lead, own = filed(city, city.xiaolin, now), filed(city, person(city, "her", now), now, LAMP_TOO)
    actions.merge(own, lead, reason=WHY, actor=city.wang, now=now)
    with pytest.raises(Refused, match=lead.number):
        answered(city, own, now)
    assert not own.answer
    actions.unmerge(own, reason=WHY, actor=city.wang, now=now)
    actions.answer(own, "已经修好，谢谢提醒。", link="http://x", actor=city.wang, now=now)


def test_who_leaves_follows_nothing_any_more(city: City, now: datetime) -> None:
    her = person(city, "her", now)
    actions.follow(filed(city, city.xiaolin, now), actor=her, now=now)
    actions.unlink_citizen(her.pk, now=now)
    assert not Follower.objects.exists()


def test_the_index_is_kept_with_a_cursor_and_finds_neighbours(
    city: City, now: datetime, tmp_path: Path
) -> None:
    with override_settings(MINXIN_HOME=tmp_path):
        her = person(city, "her", now)
        lead = filed(city, city.xiaolin, now)
        filed(city, city.xiaolin, now, "小区对面的工地夜里两点还在施工，孩子没法睡觉。")
        assert indexing.is_behind(now=now + LATER)
        assert indexing.keep_index(now=now)  # not settled yet: waits
        assert neighbours.index().mark == 0
        assert indexing.keep_index(now=now + LATER)
        assert indexing.is_behind(now=now + LATER)  # the words are not in theirs yet
        assert indexing.keep_words(now=now + LATER)
        assert not indexing.is_behind(now=now + LATER)
        other = filed(city, her, now + timedelta(days=2), LAMP_TOO)
        (found,) = neighbours.neighbours_of(other, city.wang)
        assert (found.ticket, found.near.same_place, found.near.days) == (lead, True, 2)
        assert neighbours.neighbours_of(other, city.outsider) == []
        actions.merge(other, lead, reason=WHY, actor=city.wang, now=now)
        assert neighbours.neighbours_of(other, city.wang) == []
        (shown,) = neighbours.shared_neighbours(LAMP_TOO, PLACE, city.account, her, now=now)
        assert shown.number == lead.number
        assert all(word in LAMP_TOO for word in shown.said)
        assert (
            neighbours.shared_neighbours(LAMP_TOO, PLACE, city.account, city.xiaolin, now=now) == []
        )


def test_hot_ones_are_those_that_many_joined_lately(city: City, now: datetime) -> None:
    lead, quiet = filed(city, city.xiaolin, now), filed(city, city.xiaolin, now, LAMP_TOO)
    for each in range(3):
        actions.follow(lead, actor=person(city, f"h{each}", now), now=now)
    actions.follow(quiet, actor=person(city, "alone", now), now=now)
    mine = queries.tickets_visible_to(city.wang)
    assert list(neighbours.hot(mine, now=now)) == [lead]
    assert not neighbours.hot(mine, now=now + timedelta(days=8)).exists()
