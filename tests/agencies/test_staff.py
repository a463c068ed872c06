"""Staff: signing in, roles that must stay apart, and who may give them."""

import itertools
from datetime import datetime, timedelta

import pytest
from django.core.exceptions import ValidationError

from minxin.agencies import actions, queries, rules
from minxin.agencies.models import AuditEntry, Membership, Staff
from minxin.agencies.passwords import KindsOfCharacters
from minxin.agencies.rules import PERMISSIONS, Permission, Role
from minxin.core.errors import NotFound, Refused
from tests.support.city import PASSWORD, SETUP, City

WRITES = {Role.OPERATOR, Role.AGENT, Role.EDITOR, Role.REVIEWER, Role.DISCIPLINE}


def roles(staff: Staff) -> set[str]:
    return set(staff.memberships.values_list("role", flat=True))


def test_conflicts_hold_both_ways_and_nobody_conflicts_with_herself() -> None:
    for one, other in itertools.product(Role, Role):
        assert (other in rules.CONFLICTS[one]) == (one in rules.CONFLICTS[other])
    assert all(role not in rules.CONFLICTS[role] for role in Role)
    assert set(rules.CONFLICTS) == set(Role) == set(PERMISSIONS)


def test_who_audits_or_administers_reads_no_citizen_and_writes_no_answer() -> None:
    private = {
        Permission.READ_CONVERSATIONS,
        Permission.READ_TICKETS,
        Permission.REVEAL_CITIZENS,
        Permission.ANSWER_TICKETS,
        Permission.EDIT_KNOWLEDGE,
    }
    assert not PERMISSIONS[Role.AUDITOR] & private
    assert not PERMISSIONS[Role.ADMINISTRATOR] & private
    assert not any(name.endswith((".edit", ".answer")) for name in PERMISSIONS[Role.SUPERVISOR])
    assert not any(name.endswith((".edit", ".answer")) for name in PERMISSIONS[Role.AUDITOR])
    assert {role for role in Role if Permission.READ_AUDIT in PERMISSIONS[role]} == {Role.AUDITOR}


@pytest.mark.parametrize(
    ("held", "wanted"),
    [
        *((Role.AUDITOR, other) for other in sorted(WRITES)),
        *((Role.ADMINISTRATOR, other) for other in sorted(WRITES)),
        (Role.ADMINISTRATOR, Role.AUDITOR),
        (Role.ADMINISTRATOR, Role.SUPERVISOR),
        (Role.EDITOR, Role.REVIEWER),
    ],
)
def test_duties_that_check_each_other_stay_apart(
    city: City, now: datetime, held: Role, wanted: Role
) -> None:
    for index, (first, second) in enumerate([(held, wanted), (wanted, held)]):
        person = actions.add_staff(
            username=f"person{index}", name="周平", agency=city.police, role=first,
            actor=SETUP, now=now,
        )  # fmt: skip
        entries = AuditEntry.objects.count()
        with pytest.raises(Refused, match="职责须分离") as refusal:
            # in another agency too: it is one and the same person
            actions.grant_role(person, city.water, second, actor=city.administrator, now=now)
        assert refusal.value.field == "role"
        assert roles(person) == {first}
        assert AuditEntry.objects.count() == entries


def test_duties_that_do_not_check_each_other_may_meet(city: City, now: datetime) -> None:
    actions.grant_role(city.wang, city.police, Role.EDITOR, actor=city.administrator, now=now)
    actions.grant_role(city.wang, city.water, Role.AGENT, actor=city.administrator, now=now)
    assert roles(city.wang) == {Role.AGENT, Role.EDITOR}
    assert queries.paths_of(city.wang, Permission.READ_TICKETS) == tuple(
        sorted([city.police.path, city.water.path])
    )


def test_granting_what_she_has_changes_nothing(city: City, now: datetime) -> None:
    entries = AuditEntry.objects.count()
    actions.grant_role(city.wang, city.police, Role.AGENT, actor=city.administrator, now=now)
    assert AuditEntry.objects.count() == entries
    assert Membership.objects.filter(staff=city.wang).count() == 1


def test_nobody_gives_herself_a_role(city: City, now: datetime) -> None:
    with pytest.raises(Refused, match="自己"):
        actions.grant_role(
            city.administrator, city.water, Role.ADMINISTRATOR, actor=city.administrator, now=now
        )
    assert Membership.objects.filter(staff=city.administrator).count() == 1


def test_an_administrator_gives_roles_in_her_branch_only(city: City, now: datetime) -> None:
    local = actions.add_staff(
        username="local", name="吴越", agency=city.water, role=Role.ADMINISTRATOR,
        actor=SETUP, now=now,
    )  # fmt: skip
    with pytest.raises(NotFound):
        actions.grant_role(city.wang, city.police, Role.EDITOR, actor=local, now=now)
    with pytest.raises(NotFound):
        actions.add_staff(
            username="new", name="新人", agency=city.police, role=Role.AGENT, actor=local, now=now
        )
    with pytest.raises(NotFound):
        actions.withdraw_role(city.wang.memberships.get(), actor=local, now=now)
    assert roles(city.wang) == {Role.AGENT}
    actions.grant_role(city.wang, city.water, Role.AGENT, actor=local, now=now)
    assert Membership.objects.filter(staff=city.wang).count() == 2
    with pytest.raises(NotFound):  # she works for the police too: not the water bureau's to keep
        actions.reset_password(city.wang, "Another-pass-word-55", actor=local, now=now)
    assert Staff.objects.get(pk=city.wang.pk).check_password(PASSWORD)


@pytest.mark.parametrize("name", ["wang", "zhao", "outsider", "auditor", "operator"])
def test_who_is_no_administrator_keeps_nobody(city: City, now: datetime, name: str) -> None:
    person: Staff = getattr(city, name)
    before = (
        list(Membership.objects.order_by("id").values()),
        list(Staff.objects.order_by("id").values()),
    )
    entries = AuditEntry.objects.count()
    membership = city.zhao.memberships.get()
    with pytest.raises(NotFound):
        actions.add_staff(
            username="new", name="新人", agency=city.water, role=Role.AGENT, actor=person, now=now
        )
    with pytest.raises(NotFound):
        actions.grant_role(city.zhao, city.police, Role.EDITOR, actor=person, now=now)
    with pytest.raises(NotFound):
        actions.withdraw_role(membership, actor=person, now=now)
    with pytest.raises(NotFound):
        actions.deactivate_staff(city.administrator, actor=person, now=now)
    with pytest.raises(NotFound):
        actions.update_staff(city.zhao, name="别人", email="", actor=person, now=now)
    with pytest.raises(NotFound):
        actions.reset_password(city.zhao, "Another-pass-word-55", actor=person, now=now)
    if person != city.zhao:
        with pytest.raises(NotFound):
            actions.change_password(city.zhao, "Another-pass-word-55", actor=person, now=now)
        with pytest.raises(NotFound):
            actions.choose_language(city.zhao, "en", actor=person, now=now)
    after = (
        list(Membership.objects.order_by("id").values()),
        list(Staff.objects.order_by("id").values()),
    )
    assert after == before
    assert AuditEntry.objects.count() == entries


def test_the_last_administrator_stays(city: City, now: datetime) -> None:
    membership = city.administrator.memberships.get()
    with pytest.raises(Refused, match="最后一位管理员"):
        actions.withdraw_role(membership, actor=city.administrator, now=now)
    with pytest.raises(Refused, match="最后一位管理员"):
        actions.deactivate_staff(city.administrator, actor=SETUP, now=now)
    second = actions.add_staff(
        username="second", name="马兰", agency=city.root, role=Role.ADMINISTRATOR,
        actor=city.administrator, now=now,
    )  # fmt: skip
    actions.withdraw_role(membership, actor=second, now=now)
    assert not queries.may(city.administrator, Permission.EDIT_STAFF)


def test_who_leaves_loses_everything_at_once(city: City, now: datetime) -> None:
    actions.deactivate_staff(city.wang, reason="调离", actor=city.administrator, now=now)
    assert queries.paths_of(city.wang, Permission.READ_TICKETS) == ()
    assert queries.permissions_of(city.wang) == frozenset()
    assert city.wang not in queries.staff_with(Permission.ANSWER_TICKETS, city.police)
    with pytest.raises(Refused, match="离岗"):
        actions.grant_role(city.wang, city.water, Role.AGENT, actor=city.administrator, now=now)
    actions.reactivate_staff(city.wang, actor=city.administrator, now=now)
    assert queries.may(city.wang, Permission.READ_TICKETS, city.station)
    assert Staff.objects.get(pk=city.wang.pk).must_change_password


def test_nobody_shuts_herself_out(city: City, now: datetime) -> None:
    with pytest.raises(Refused, match="自己的登录"):
        actions.deactivate_staff(city.administrator, actor=city.administrator, now=now)


@pytest.mark.parametrize("weak", ["short", "password1234", "wangfang1234"])
def test_a_weak_password_is_refused_in_words(city: City, now: datetime, weak: str) -> None:
    before = Staff.objects.get(pk=city.wang.pk).password
    with pytest.raises(Refused) as refusal:
        actions.change_password(city.wang, weak, actor=city.wang, now=now)
    assert refusal.value.field == "password"
    assert Staff.objects.get(pk=city.wang.pk).password == before
    with pytest.raises(Refused):
        actions.add_staff(
            username="wangfang2", name="王芳", agency=city.police, role=Role.AGENT,
            password=weak, actor=SETUP, now=now,
        )  # fmt: skip
    assert not Staff.objects.filter(username="wangfang2").exists()


@pytest.mark.parametrize(
    ("password", "kinds"),
    [("yunxi", 1), ("Yunxi", 2), ("Yunxi7", 3), ("Yunxi-7", 4), ("云溪7a", 3), ("", 0)],
)
def test_kinds_of_characters_are_counted(password: str, kinds: int) -> None:
    assert rules.classes_in(password) == kinds
    validator = KindsOfCharacters(at_least=3)
    if kinds < 3:
        with pytest.raises(ValidationError, match="至少三种"):
            validator.validate(password)
    else:
        validator.validate(password)


def test_only_the_demo_chooses_any_password(city: City, now: datetime) -> None:
    person = actions.add_staff(
        username="demo", name="演示", agency=city.police, role=Role.AGENT, password="x",
        accept_any_password=True, actor=SETUP, now=now,
    )  # fmt: skip
    kept = Staff.objects.get(pk=person.pk)
    assert kept.check_password("x")
    assert not queries.password_is_too_old(kept, now=now + timedelta(days=4000))


def test_a_password_is_changed_by_its_owner_and_reset_by_an_administrator(
    city: City, now: datetime
) -> None:
    with pytest.raises(Refused, match="最近 5 次"):
        actions.change_password(city.wang, PASSWORD, actor=city.wang, now=now)
    actions.reset_password(city.wang, "Temporary-word-881", actor=city.administrator, now=now)
    assert Staff.objects.get(pk=city.wang.pk).must_change_password
    actions.change_password(city.wang, "My-own-new-word-42", actor=city.wang, now=now)
    kept = Staff.objects.get(pk=city.wang.pk)
    assert kept.check_password("My-own-new-word-42")
    assert not kept.must_change_password
    told = AuditEntry.objects.filter(subject_id=str(city.wang.pk)).values_list("verb", flat=True)
    assert {"staff.password_reset", "staff.password_changed"} <= set(told)


def test_a_person_without_a_password_cannot_sign_in(city: City, now: datetime) -> None:
    person = actions.add_staff(
        username="Nopass ", name="无名", agency=city.police, role=Role.AGENT, actor=SETUP, now=now
    )
    assert person.username == "nopass"
    assert not person.has_usable_password()
    assert not person.check_password("")


@pytest.mark.parametrize(
    ("username", "name", "field"),
    [("wangfang", "重名", "username"), ("王芳", "王芳", "username"), ("ok", " ", "name")],
)
def test_bad_staff_are_refused_in_words(
    city: City, now: datetime, username: str, name: str, field: str
) -> None:
    before = Staff.objects.count()
    with pytest.raises(Refused) as refusal:
        actions.add_staff(
            username=username, name=name, agency=city.police, role=Role.AGENT,
            actor=SETUP, now=now,
        )  # fmt: skip
    assert refusal.value.field == field
    assert Staff.objects.count() == before


def test_staff_see_the_people_of_their_branch(city: City, now: datetime) -> None:
    assert set(queries.staff_visible_to(city.auditor)) == set(Staff.objects.all())
    assert not queries.staff_visible_to(city.wang).exists()
    local = actions.add_staff(
        username="local", name="吴越", agency=city.water, role=Role.ADMINISTRATOR,
        actor=SETUP, now=now,
    )  # fmt: skip
    assert set(queries.staff_visible_to(local)) == {city.outsider, local}
    with pytest.raises(NotFound):
        queries.staff_for(local, Permission.READ_STAFF, city.wang.pk)
    with pytest.raises(NotFound):
        queries.staff_for(local, Permission.READ_STAFF, 10**6)


def test_who_is_told_and_who_may(city: City) -> None:
    assert set(queries.staff_with(Permission.ANSWER_TICKETS, city.police)) == {city.wang}
    assert not queries.staff_with(Permission.ANSWER_TICKETS, city.station).exists()
    assert set(queries.staff_who_may(Permission.ANSWER_TICKETS, city.station)) == {city.wang}
    assert queries.home_of(city.wang) == city.police
