"""What two agencies say otherwise: found at night, decided by people, closed when the texts agree."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from minxin.agencies import actions as agencies
from minxin.agencies.models import AuditEntry, Staff, StaffNotice
from minxin.agencies.rules import Role
from minxin.core.errors import AlreadyDone, NotFound, Refused
from minxin.knowledge import actions, conflicts
from minxin.knowledge.actions.conflicts import object_to_review, settle_conflict
from minxin.knowledge.models import AnswerConflict, Document, Entry, Passage
from minxin.knowledge.queries.conflicts import conflicts_open, conflicts_visible_to, due_conflicts
from tests.knowledge.conftest import Editors
from tests.knowledge.drafts import draft
from tests.support.city import PASSWORD, SETUP, City

FEE = "补办身份证多少钱"
DAY = timedelta(days=1)


@pytest.fixture
def pair(city: City, now: datetime) -> tuple[Entry, Entry]:
    """The police and the water bureau give two prices for one thing."""
    one = actions.create_entry(
        draft(FEE, "工本费四十元。"), agency=city.police, actor=SETUP, now=now
    )
    other = actions.create_entry(
        draft("身份证补办要多少钱", "工本费 20 元。"), agency=city.water, actor=SETUP, now=now
    )
    return one, other


@pytest.fixture
def chief(city: City, now: datetime) -> Staff:
    """沈宁 edits for the whole city."""
    root = city.police.__class__.objects.order_by("path").first()
    assert root is not None
    return agencies.add_staff(
        username="shenning", name="沈宁", agency=root, role=Role.EDITOR, password=PASSWORD,
        must_change_password=False, actor=SETUP, now=now,
    )  # fmt: skip


def night(now: datetime) -> int:
    return conflicts.work(clock=lambda: now)


def row() -> AnswerConflict:
    return AnswerConflict.objects.get()


def rewrite(entry: Entry, answer: str, now: datetime) -> None:
    entry.refresh_from_db()
    fresh = replace(draft(entry.question, answer), code=entry.code)
    actions.update_entry(entry, fresh, actor=SETUP, now=now)


def test_a_night_finds_it_once_and_tells_both_owners_and_whom_they_report_to(
    city: City, editors: Editors, chief: Staff, pair: tuple[Entry, Entry], now: datetime
) -> None:
    assert night(now) == 1
    assert night(now + DAY) == 0
    found = row()
    assert {found.first_agency, found.second_agency} == {city.police, city.water}
    assert (found.status, found.kinds, found.lead) == (
        "open",
        "money",
        chief.memberships.get().agency,
    )
    for person in (editors.li, editors.gao, chief):
        assert StaffNotice.objects.filter(staff=person, kind="review.conflicts").count() == 1
        assert conflicts_open(person) == 1


def test_one_is_right_and_the_others_entry_goes_to_its_owner_until_it_agrees(
    city: City, editors: Editors, pair: tuple[Entry, Entry], now: datetime
) -> None:
    night(now)
    outcome = "first" if row().first_entry == pair[0] else "second"
    settle_conflict(row(), outcome, actor=editors.li, now=now)
    found = row()
    owner = found.second_agency if found.wrong == 2 else found.first_agency
    assert (found.status, owner) == ("review", city.water)
    assert found.due_on is not None
    assert found.due_on > now.date()
    pair[1].refresh_from_db()
    assert pair[1].review_on == found.due_on
    assert (conflicts_open(editors.li), conflicts_open(editors.gao)) == (0, 1)
    assert due_conflicts(found.due_on - DAY) == []
    assert due_conflicts(found.due_on) == [(city.water, 1)]
    verbs = AuditEntry.objects.filter(verb="answer_conflict.settled")
    assert verbs.count() == 2  # in the audit of either owner
    rewrite(pair[1], "工本费40元。", now + DAY)
    assert row().status == "agreed"
    assert night(now + 2 * DAY) == 0
    rewrite(pair[1], "工本费30元。", now + 3 * DAY)
    assert night(now + 3 * DAY) == 1
    assert row().status == "open"


def test_both_right_needs_a_reason_and_is_remembered_until_a_text_changes(
    editors: Editors, pair: tuple[Entry, Entry], now: datetime
) -> None:
    night(now)
    with pytest.raises(Refused):
        settle_conflict(row(), "both", note=" ", actor=editors.gao, now=now)
    with pytest.raises(Refused):
        settle_conflict(row(), "whatever", actor=editors.gao, now=now)
    assert row().status == "open"
    settle_conflict(row(), "both", note="水务的窗口代收，不含邮寄", actor=editors.gao, now=now)
    assert night(now + DAY) == 0
    assert (row().status, conflicts_open(editors.li)) == ("both", 0)
    with pytest.raises(AlreadyDone):
        settle_conflict(row(), "none", actor=editors.li, now=now)
    rewrite(pair[0], "工本费四十元，当场收取。", now + DAY)
    assert night(now + DAY) == 1
    assert row().status == "open"


def test_an_edit_before_the_decision_does_not_raise_it_again(
    editors: Editors, pair: tuple[Entry, Entry], now: datetime
) -> None:
    night(now)
    rewrite(pair[0], "工本费五十元。", now)
    settle_conflict(row(), "none", actor=editors.li, now=now)
    assert night(now + DAY) == 0


def test_an_owner_who_objects_leaves_it_to_whom_both_report_to(
    editors: Editors, chief: Staff, pair: tuple[Entry, Entry], now: datetime
) -> None:
    night(now)
    outcome = "first" if row().first_entry == pair[0] else "second"
    settle_conflict(row(), outcome, actor=editors.li, now=now)
    with pytest.raises(NotFound):
        object_to_review(row(), note="我们是对的", actor=editors.li, now=now)
    with pytest.raises(Refused):
        object_to_review(row(), note="", actor=editors.gao, now=now)
    object_to_review(row(), note="物价局有新文件", actor=editors.gao, now=now)
    assert (row().status, row().is_disputed) == ("open", True)
    assert (conflicts_open(editors.li), conflicts_open(editors.gao), conflicts_open(chief)) == (
        0,
        0,
        1,
    )
    for person in (editors.li, editors.gao):
        with pytest.raises(Refused):
            settle_conflict(row(), "none", actor=person, now=now)
    settle_conflict(row(), "none", actor=chief, now=now)
    assert (row().status, row().is_disputed) == ("none", False)
    assert AuditEntry.objects.filter(verb="answer_conflict.disputed").count() == 2


def test_nobody_else_sees_or_decides_it(
    city: City, pair: tuple[Entry, Entry], now: datetime
) -> None:
    night(now)
    AnswerConflict.objects.update(first_agency=city.police, second_agency=city.police)
    outsider = agencies.add_staff(
        username="waibu", name="外人", agency=city.water, role=Role.EDITOR, password=PASSWORD,
        must_change_password=False, actor=SETUP, now=now,
    )  # fmt: skip
    assert not conflicts_visible_to(outsider).exists()
    with pytest.raises(NotFound):
        settle_conflict(row(), "none", actor=outsider, now=now)
    assert row().status == "open"


@pytest.mark.parametrize("change", ["retired", "ended", "audience"])
def test_what_is_not_given_any_more_closes_it(
    pair: tuple[Entry, Entry], now: datetime, change: str
) -> None:
    night(now)
    if change == "retired":
        actions.retire_entry(pair[1], reason="不用了", actor=SETUP, now=now)
        assert row().status == "agreed"
        return
    if change == "ended":
        Entry.objects.filter(pk=pair[1].pk).update(valid_until=now.date() - DAY)
    else:
        Entry.objects.filter(pk=pair[1].pk).update(audience="企业")
    assert night(now + DAY) == 0
    assert row().status == "agreed"


def test_documents_of_two_agencies_are_compared_and_what_has_ended_is_not(
    city: City, now: datetime
) -> None:
    def paper(agency: object, title: str, days: str, **fields: object) -> Document:
        document = Document.objects.create(
            agency=agency, title=title, issuing_agency=title, status="published", created_at=now,
            updated_at=now, sha256=title, **fields,
        )  # fmt: skip
        text = f"乡镇人民政府应当自受理申请之日起{days}个工作日内作出是否批准的决定。"
        Passage.objects.create(
            document=document, position=1, kind="article", text=text, article="第一条"
        )
        return document

    one = paper(city.police, "云溪市最低生活保障办法", "30")
    old = paper(city.water, "青禾区最低生活保障办法", "25", repealed_on=date(2020, 1, 1))
    assert night(now) == 0
    other = paper(city.water, "青禾区最低生活保障实施细则", "20")
    assert night(now) == 1
    assert {row().first_document, row().second_document} == {one, other}
    assert old not in {row().first_document, row().second_document}
    Passage.objects.filter(document=other).update(text="第一条作废。")
    assert night(now) == 0
    assert row().status == "agreed"
