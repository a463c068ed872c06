"""A ticket handed over: passed on whatever happens, mirrored once, told to the citizen, never ours to answer."""

from datetime import datetime

import pytest

from minxin.agencies.actions import grant_role, keep_division
from minxin.agencies.models import AuditEntry
from minxin.agencies.rules import Role
from minxin.citizens.models import Citizen
from minxin.conversations.models import Outgoing
from minxin.core.errors import AlreadyDone, NotFound, Refused
from minxin.core.outward import networks_of
from minxin.tickets import actions, queries
from minxin.tickets.actions import handing, platforms
from minxin.tickets.actions.mirroring import mirror
from minxin.tickets.actions.platforms import PlatformDraft, keep_mode, keep_platform, mend
from minxin.tickets.models import (
    CityPlatform,
    Handover,
    HandoverAct,
    HandoverDifference,
    IntakeMode,
    Ticket,
    TicketEvent,
)
from minxin.tickets.platforms import Update, read_update
from tests.support.city import SETUP, City, build_city
from tests.tickets.handing import SECRET, District, district


@pytest.fixture
def city(db: None, now: datetime) -> City:
    made = build_city(now)
    keep_division(None, code="990100", name="云溪市", actor=SETUP, now=now)
    keep_division(None, code="990121", name="松岭县", actor=SETUP, now=now)
    return made


@pytest.fixture
def there(city: City, now: datetime) -> District:
    return district(city, now)


REPLY = "路灯已于今天上午修复，感谢您的反映。"


def test_nothing_is_promised_in_our_name(there: District) -> None:
    ticket = there.filed()
    assert ticket.promised_words == "已转交云溪12345平台办理，答复时间以其为准"
    assert ticket.stopped_at is not None
    assert queries.deadline_of(ticket, now=there.clock()).words == "由承接平台办理"
    there.clock.pass_(days=60)
    assert not queries.overdue(type(ticket).objects.all(), there.clock()).exists()


def test_the_division_decides_the_nearest_first(city: City, now: datetime) -> None:
    there = district(city, now)
    keep_mode("990121", "own", None, actor=SETUP, now=now)
    assert there.filed().handed_over_at is not None
    Citizen.objects.filter(pk=city.xiaolin.pk).update(region_code="990121")
    city.xiaolin.refresh_from_db()
    own = there.filed("k2", "松岭县的路灯坏了三天")
    assert own.handed_over_at is None
    assert own.promised_words.endswith("前答复")
    there.platform.is_active = False
    there.platform.save()
    city.xiaolin.region_code = ""
    city.xiaolin.save()
    assert there.filed("k3", "另一处的路灯也坏了").handed_over_at is None


def test_it_is_passed_on_acknowledged_and_mirrored(there: District) -> None:
    ticket = there.filed()
    assert there.turn() == 1
    ticket.refresh_from_db()
    handover = Handover.objects.get()
    assert (ticket.status, handover.their_state) == ("accepted", "received")
    assert handover.their_number.startswith("12345-")
    there.hotline.press(ticket.number, "dispatched", note="交市政处")
    there.turn()
    there.hotline.press(ticket.number, "replied", reply=REPLY)
    there.turn()
    ticket.refresh_from_db()
    assert (ticket.status, ticket.answer) == ("answered", REPLY)
    assert Outgoing.objects.filter(key=f"ticket:{ticket.pk}:answer:0").count() == 1
    titles = [each.title for each in queries.steps(ticket, is_public_only=True)]
    assert titles[::-1] == ["已提交", "已受理", "承接平台进展", "已答复"]


def test_nothing_is_lost_while_the_other_side_is_down(there: District) -> None:
    there.hotline.faults.is_down = True
    tickets = [there.filed(f"k{n}", f"第{n}处路灯坏了三天") for n in range(3)]
    for _day in range(5):
        there.turn(days=1)
    assert HandoverAct.objects.filter(status="waiting").count() == 3
    assert CityPlatform.objects.get().trouble
    assert there.hotline.rows() == []
    there.hotline.faults.is_down = False
    for _turn in range(3):
        there.turn(hours=1)
    assert {row["ours"] for row in there.hotline.rows()} == {each.number for each in tickets}
    assert not HandoverAct.objects.exclude(status="done").exists()
    assert CityPlatform.objects.get().trouble == ""


def test_the_pauses_grow_and_a_silent_platform_is_not_asked_for_each(there: District) -> None:
    there.hotline.faults.is_down = True
    for n in range(20):
        there.filed(f"k{n}", f"第{n}处路灯坏了三天")
    courier = there.courier()
    there.clock.pass_(seconds=61)
    courier.turn()
    courier.turn()
    assert len(there.calls) == 1
    act = HandoverAct.objects.order_by("pk").first()
    assert act is not None
    assert act.attempts == 1
    assert act.due_at > there.clock()


def test_an_acknowledgement_that_is_lost_makes_no_second_ticket(there: District) -> None:
    ticket = there.filed()
    there.hotline.faults.loses_acks = True
    there.turn()
    there.turn(hours=1)
    assert len(there.hotline.rows()) == 1
    there.hotline.faults.loses_acks = False
    there.turn(hours=1)
    assert len(there.hotline.rows()) == 1
    assert there.hotline.acts(ticket.number) == ["file"]
    assert HandoverAct.objects.get().status == "done"


def test_a_reply_that_overtakes_the_acknowledgement_finds_its_ticket(there: District) -> None:
    ticket = there.filed()
    there.hotline.faults.loses_acks = True
    there.turn()
    told = there.hotline.press(ticket.number, "replied", reply=REPLY)
    assert mirror(there.platform, read_update(told), now=there.clock())
    ticket.refresh_from_db()
    assert ticket.status == "answered"
    there.hotline.faults.loses_acks = False
    there.turn(hours=1)
    assert Outgoing.objects.filter(key__startswith=f"ticket:{ticket.pk}:answer").count() == 1
    assert HandoverAct.objects.get().status == "done"


def test_what_is_said_twice_or_late_changes_nothing(there: District) -> None:
    ticket = there.filed()
    there.turn()
    early = read_update(there.hotline.press(ticket.number, "handling"))
    late = read_update(there.hotline.press(ticket.number, "replied", reply=REPLY))
    assert mirror(there.platform, late, now=there.clock())
    assert not mirror(there.platform, late, now=there.clock())
    assert not mirror(there.platform, early, now=there.clock())
    there.hotline.faults.says_twice = True
    there.turn()
    there.turn()
    ticket.refresh_from_db()
    assert ticket.status == "answered"
    assert TicketEvent.objects.filter(ticket=ticket, verb="answered").count() == 1
    assert Outgoing.objects.filter(key__startswith=f"ticket:{ticket.pk}:answer").count() == 1


def test_a_platform_that_lies_does_not_undo_an_answer(there: District) -> None:
    ticket = there.filed()
    there.turn()
    there.hotline.press(ticket.number, "replied", reply=REPLY)
    there.turn()
    there.hotline.faults.lies = True
    there.hotline.press(ticket.number, "replied")
    there.turn()
    ticket.refresh_from_db()
    assert (ticket.status, ticket.answer) == ("answered", REPLY)


def test_a_number_that_changes_leaves_the_former_one_known(there: District) -> None:
    ticket = there.filed()
    there.turn()
    first = Handover.objects.get().their_number
    there.hotline.press(ticket.number, "handling", number="SH-9")
    there.turn()
    handover = Handover.objects.get()
    assert (handover.their_number, handover.former_numbers) == ("SH-9", [first])
    assert TicketEvent.objects.filter(ticket=ticket, text="对方编号改为 SH-9").exists()


def test_a_corrected_reply_is_told_again(there: District) -> None:
    ticket = there.filed()
    there.turn()
    there.hotline.press(ticket.number, "replied", reply=REPLY)
    there.turn()
    there.hotline.press(ticket.number, "replied", reply="更正：路灯将于明天修复，请谅解。")
    there.turn()
    ticket.refresh_from_db()
    assert ticket.answer.startswith("更正")
    assert Outgoing.objects.filter(key__startswith=f"ticket:{ticket.pk}:answer").count() == 2


def test_staff_cannot_answer_here_but_urge(there: District) -> None:
    ticket, wang = there.filed(), there.city.wang
    there.turn()
    ticket.refresh_from_db()
    now = there.clock()
    for act in (
        lambda: actions.answer(ticket, REPLY, link="http://x", actor=wang, now=now),
        lambda: actions.sign(ticket, actor=wang, now=now),
        lambda: actions.assign(ticket, there.city.station, reason="", actor=wang, now=now),
        lambda: actions.resume_clock(ticket, reason="继续", actor=wang, now=now),
    ):
        with pytest.raises(Refused) as refused:
            act()
        assert "承接平台" in refused.value.message
    handing.urge(ticket, "市民多次来问，请尽快", actor=wang, now=now)
    with pytest.raises(AlreadyDone):
        handing.urge(ticket, "市民多次来问，请尽快", actor=wang, now=now)
    with pytest.raises(NotFound):
        handing.urge(ticket, "市民多次来问，请尽快", actor=there.city.outsider, now=now)
    there.turn()
    assert there.hotline.acts(ticket.number) == ["file", "urge"]


def test_what_the_citizen_does_reaches_the_platform_in_order(there: District) -> None:
    ticket, xiaolin = there.filed(), there.city.xiaolin
    there.turn()
    there.hotline.press(ticket.number, "replied", reply=REPLY)
    there.turn()
    ticket.refresh_from_db()
    actions.rate(ticket, "dissatisfied", actor=xiaolin, now=there.clock())
    actions.reopen(ticket, "路灯又灭了，没有修好", actor=xiaolin, now=there.clock())
    assert ticket.stopped_at is not None  # the new time is not ours either
    there.turn()
    there.turn()
    assert there.hotline.acts(ticket.number) == ["file", "rate", "reopen"]
    ticket.refresh_from_db()
    assert ticket.status == "reopened"  # the old reply does not answer the new request
    there.hotline.press(ticket.number, "closed", reply="已更换灯具，请再看看。")
    there.turn()
    ticket.refresh_from_db()
    assert (ticket.status, ticket.answer) == ("closed", "已更换灯具，请再看看。")
    assert Outgoing.objects.filter(key=f"ticket:{ticket.pk}:answer:1").count() == 1


def test_who_withdraws_hears_no_answer(there: District) -> None:
    ticket = there.filed()
    there.turn()
    ticket.refresh_from_db()
    actions.withdraw(ticket, "", actor=there.city.xiaolin, now=there.clock())
    there.hotline.press(ticket.number, "replied", reply=REPLY)
    there.turn()
    ticket.refresh_from_db()
    assert ticket.status == "withdrawn"
    assert there.hotline.acts(ticket.number) == ["file", "withdraw"]


def test_what_is_refused_waits_for_a_person(there: District) -> None:
    ticket = there.filed()
    there.turn()
    there.hotline._rows.execute("DELETE FROM ticket")
    handing.urge(ticket, "市民多次来问，请尽快", actor=there.city.wang, now=there.clock())
    there.turn()
    act = HandoverAct.objects.get(kind="urge")
    assert act.status == "failed"
    handing.send_again(act, actor=there.city.wang, now=there.clock())
    act.refresh_from_db()
    assert act.status == "waiting"
    with pytest.raises(NotFound):
        handing.send_again(act, actor=there.city.outsider, now=there.clock())


def test_names_go_only_where_they_may(there: District) -> None:
    xiaolin = there.city.xiaolin
    xiaolin.real_name, xiaolin.phone = "林小雨", "13812345678"
    xiaolin.save()
    ticket = there.filed()
    there.turn()
    row = there.hotline.row(ticket.number)
    assert row is not None
    assert "林小雨" not in row["fields"]
    there.platform.passes_contact = True
    there.platform.save()
    other = there.filed("k2", "西桥的路灯也坏了三天")
    there.turn()
    row = there.hotline.row(other.number)
    assert row is not None
    assert "林小雨" in row["fields"]


def test_both_sides_are_compared_and_mended(there: District) -> None:
    tickets = [there.filed(f"k{n}", f"第{n}处路灯坏了三天") for n in range(4)]
    there.turn()
    there.clock.pass_(hours=1)
    courier = there.courier()
    assert courier.compare(there.platform) == 0
    forgotten, changed, renamed, _good = tickets
    there.hotline.faults.forgets.add(forgotten.number)
    there.hotline._rows.execute(
        "UPDATE ticket SET state='replied', reply=? WHERE ours=?", [REPLY, changed.number]
    )
    there.hotline._rows.execute("UPDATE ticket SET number='NEW' WHERE ours=?", [renamed.number])
    there.hotline._rows.execute(
        "INSERT INTO ticket VALUES ('XX-1','12345-X','received','','',1,'',99,'')"
    )
    assert courier.compare(there.platform) == 4
    assert courier.compare(there.platform) == 4  # not opened twice
    found = {each.kind: each for each in HandoverDifference.objects.filter(mended_at=None)}
    assert set(found) == {"missing_there", "state", "number", "missing_here"}
    agent = there.city.wang
    with pytest.raises(NotFound):
        mend(found["state"], "theirs", reason="", actor=agent, now=there.clock())
    grant_role(agent, there.city.root, Role.AGENT, actor=SETUP, now=there.clock())
    with pytest.raises(Refused):
        mend(found["missing_here"], "leave", reason="", actor=agent, now=there.clock())
    mend(found["missing_here"], "leave", reason="不是本系统转去的", actor=agent, now=there.clock())
    mend(found["missing_there"], "send", reason="", actor=agent, now=there.clock())
    mend(found["number"], "theirs", reason="", actor=agent, now=there.clock())
    mend(found["state"], "theirs", reason="", actor=agent, now=there.clock())
    with pytest.raises(AlreadyDone):
        mend(found["state"], "theirs", reason="", actor=agent, now=there.clock())
    there.hotline.faults.forgets.clear()
    there.turn()
    changed.refresh_from_db()
    assert (changed.status, changed.answer) == ("answered", REPLY)
    assert Handover.objects.get(ticket=renamed).their_number == "NEW"
    assert AuditEntry.objects.filter(verb="handover.mended").count() == 4


def test_what_agrees_again_is_closed_by_itself(there: District) -> None:
    ticket = there.filed()
    there.turn()
    there.clock.pass_(hours=1)
    there.hotline.faults.forgets.add(ticket.number)
    there.courier().compare(there.platform)
    there.hotline.faults.forgets.clear()
    there.courier().compare(there.platform)
    assert HandoverDifference.objects.get().mended_how == "再次对账时已经一致"


def addresses(name: str, port: int) -> list[str]:
    """Names as a resolver would tell them: one outside, one that leads to a cloud's secrets."""
    known = {"12345.example.gov.cn": ["1.2.4.8"], "inside.example.gov.cn": ["169.254.169.254"]}
    return known.get(name, [name] if name[0].isdigit() or ":" in name else [])


def test_a_name_that_leads_elsewhere_since_is_not_called(there: District) -> None:
    CityPlatform.objects.update(base_url="http://169.254.169.254")
    there.filed()
    there.turn()
    assert there.calls == []
    there.platform.refresh_from_db()
    assert "登记的接口地址现在不能使用" in there.platform.trouble
    assert HandoverAct.objects.get().status == "waiting"


@pytest.mark.parametrize(
    ("address", "is_good"),
    [
        ("http://10.1.2.3:9000/api", True),
        ("https://12345.example.gov.cn", True),
        ("http://12345.example.gov.cn", False),
        ("https://inside.example.gov.cn", False),
        ("https://nowhere.example.gov.cn", False),
        ("ftp://10.1.2.3", False),
        ("http://user:pass@10.1.2.3", False),
        ("http://10.1.2.3/?x=1", False),
        ("http://169.254.169.254/latest", False),
        ("http://0.0.0.0", False),
        ("http://[::ffff:169.254.169.254]", False),
        ("http://100.100.100.200", False),
        ("http://10.1.2.3:99999", False),
        ("javascript:alert(1)", False),
        ("", False),
    ],
)
def test_an_address_is_checked(city: City, now: datetime, address: str, is_good: bool) -> None:
    draft = PlatformDraft(name="平台", code="p1", way="http", base_url=address, secret=SECRET)

    def keep() -> CityPlatform:
        return keep_platform(
            None, draft, agency=city.root, actor=city.administrator, now=now, resolve=addresses
        )

    if is_good:
        assert keep().pk
        return
    with pytest.raises(Refused) as refused:
        keep()
    assert refused.value.field == "base_url"


def test_this_machine_is_no_address_outside_the_demo(
    city: City, now: datetime, settings: object
) -> None:
    settings.MINXIN_PLATFORM_NETWORKS = networks_of(["10.0.0.0/8"])  # type: ignore[attr-defined]
    for host in ("127.0.0.1:9000", "localhost", "[::1]"):
        draft = PlatformDraft(
            name="平台", code="p1", way="http", base_url=f"http://{host}", secret=SECRET
        )
        with pytest.raises(Refused):
            keep_platform(None, draft, agency=city.root, actor=SETUP, now=now)


def test_only_an_administrator_says_who_has_whose_requests(city: City, now: datetime) -> None:
    draft = PlatformDraft(name="平台", code="p1", way="folder")
    for person in (city.wang, city.operator, city.auditor):
        with pytest.raises(NotFound):
            keep_platform(None, draft, agency=city.police, actor=person, now=now)
        with pytest.raises(NotFound):
            keep_mode("990100", "own", None, actor=person, now=now)
    assert not CityPlatform.objects.exists()
    assert not IntakeMode.objects.exists()
    with pytest.raises(Refused):
        keep_mode("990100", "hand_over", None, actor=SETUP, now=now)
    with pytest.raises(Refused):
        keep_mode("123456789", "own", None, actor=SETUP, now=now)
    assert platforms.SHORTEST_SECRET == 16


def test_a_report_on_an_official_is_not_handed_over_and_an_ordinary_one_is(there: District) -> None:
    with pytest.raises(Refused, match="12388"):
        there.filed("official", "举报镇长受贿")
    assert not HandoverAct.objects.exists()
    ticket = there.filed("shop", "举报东桥路小饭馆使用过期食材")
    assert ticket.nature == "report"
    there.turn()
    assert HandoverAct.objects.get().status == "done"


def test_one_found_later_is_set_apart_and_nothing_of_it_comes_back(there: District) -> None:
    ticket, now = there.filed(), there.clock.now
    Ticket.objects.update(text="举报镇长受贿")
    actions.set_apart(ticket, reason="属于专人登记", actor=there.city.wang, now=now)
    assert not HandoverAct.objects.exists()  # not told yet: never told
    there.turn()
    other = there.filed("k2")
    there.turn()
    actions.set_apart(other, reason="属于专人登记", actor=there.city.wang, now=there.clock.now)
    update = Update(
        our_number=other.number, their_number="H1", state="answered", reply="镇长没有受贿",
        revision=99, at=there.clock.now, note="",
    )  # fmt: skip
    assert not mirror(there.platform, update, now=there.clock.now)
    other.refresh_from_db()
    assert (other.status, other.answer) == ("moved", "")
