"""What a citizen leaves: kept with consent, shown masked, revealed with a reason, erased."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection

from minxin.agencies import actions as agencies
from minxin.agencies.models import AuditEntry, Staff
from minxin.agencies.rules import Permission, Role
from minxin.citizens import actions, queries
from minxin.citizens.models import Citizen
from minxin.citizens.rules import CONSENT_VERSION
from minxin.core.errors import NotFound, Refused
from tests.support.city import OPENID, SETUP, City

PHONE = "0999-5550101"


@pytest.fixture
def xiaolin(city: City, now: datetime) -> Citizen:
    citizen = city.xiaolin
    actions.keep_contact(
        citizen, real_name="林小雨", phone=PHONE, consent_version=CONSENT_VERSION,
        actor=citizen, now=now,
    )  # fmt: skip
    actions.keep_nickname(citizen, "小林", actor=citizen, now=now)
    return citizen


def row(citizen: Citizen) -> dict[str, Any]:
    found: dict[str, Any] = Citizen.objects.filter(pk=citizen.key).values().get()
    return found


def the_audit() -> str:
    return "".join(
        f"{entry.subject_label}{entry.before}{entry.after}{entry.reason}{entry.actor_name}"
        for entry in AuditEntry.objects.all()
    )


def test_contact_is_kept_encrypted_with_the_consent_given(
    city: City, xiaolin: Citizen, now: datetime
) -> None:
    kept = Citizen.objects.get(pk=xiaolin.key)
    assert (kept.real_name, kept.phone, kept.consented_at) == ("林小雨", PHONE, now)
    assert queries.has_consented(kept)
    with connection.cursor() as cursor:
        cursor.execute("SELECT real_name, phone, nickname FROM citizens_citizen")
        assert all(value.startswith("a1.") for found in cursor.fetchall() for value in found)
    for value in ("林小雨", PHONE, "小林", OPENID):
        assert value not in the_audit()


def test_consent_to_an_older_text_does_not_count(city: City, now: datetime) -> None:
    before, entries = row(city.xiaolin), AuditEntry.objects.count()
    with pytest.raises(Refused) as refusal:
        actions.keep_contact(
            city.xiaolin, real_name="林小雨", phone=PHONE, consent_version="2020-01",
            actor=city.xiaolin, now=now,
        )  # fmt: skip
    assert refusal.value.field == "consent_version"
    assert row(city.xiaolin) == before
    assert AuditEntry.objects.count() == entries


@pytest.mark.parametrize(
    ("values", "field"),
    [({"real_name": "<b>"}, "real_name"), ({"phone": "12"}, "phone")],
)
def test_a_bad_contact_is_refused_in_words(
    city: City, now: datetime, values: dict[str, str], field: str
) -> None:
    before = row(city.xiaolin)
    good = {"real_name": "林小雨", "phone": PHONE}
    with pytest.raises(Refused) as refusal:
        actions.keep_contact(
            city.xiaolin, **(good | values), consent_version=CONSENT_VERSION,
            actor=city.xiaolin, now=now,
        )  # fmt: skip
    assert refusal.value.field == field
    assert row(city.xiaolin) == before


def test_a_withdrawn_consent_removes_the_contact_at_once(xiaolin: Citizen, now: datetime) -> None:
    actions.forget_contact(xiaolin, actor=xiaolin, now=now)
    kept = Citizen.objects.get(pk=xiaolin.key)
    assert kept.real_name is kept.phone is kept.consented_at is None
    assert not queries.has_consented(kept)
    assert kept.openid == OPENID


def test_lists_show_masks_only(xiaolin: Citizen) -> None:
    profile = queries.profiles([xiaolin.key])[xiaolin.key]
    assert (profile.shown_name, profile.masked_phone) == ("林*雨", "099****0101")
    assert profile.has_consented
    for value in ("林小雨", PHONE, OPENID):
        assert value not in repr(profile)
        assert value not in str(xiaolin)
        assert value not in xiaolin.actor_name
    assert PHONE not in repr(queries.contact_of(xiaolin))


def test_a_list_names_somebody_even_without_a_name(city: City) -> None:
    assert queries.shown_as("小林", "abcdef0123456789") == "小*"
    assert queries.profile_of(city.xiaolin).shown_name == f"市民{city.xiaolin.key[:6]}"


def test_nobody_else_writes_what_is_hers(city: City, xiaolin: Citizen, now: datetime) -> None:
    other = Citizen(key="f" * 32, account=city.account, first_seen_at=now)
    before, entries = row(xiaolin), AuditEntry.objects.count()
    for actor in (other, city.wang, city.outsider, city.administrator):
        with pytest.raises(NotFound):
            actions.keep_contact(
                xiaolin, real_name="别人", phone=PHONE, consent_version=CONSENT_VERSION,
                actor=actor, now=now,
            )  # fmt: skip
        with pytest.raises(NotFound):
            actions.forget_contact(xiaolin, actor=actor, now=now)
        with pytest.raises(NotFound):
            actions.keep_nickname(xiaolin, "别人", actor=actor, now=now)
        with pytest.raises(NotFound):
            actions.set_large_text(xiaolin, True, actor=actor, now=now)
        with pytest.raises(NotFound):
            actions.set_region(xiaolin, "990101", actor=actor, now=now)
    assert row(xiaolin) == before
    assert AuditEntry.objects.count() == entries


def test_settings_are_remembered_once(xiaolin: Citizen, now: datetime) -> None:
    for _ in range(2):
        actions.set_large_text(xiaolin, True, actor=xiaolin, now=now)
        actions.set_region(xiaolin, "990101", actor=xiaolin, now=now)
    kept = Citizen.objects.get(pk=xiaolin.key)
    assert (kept.has_large_text, kept.region_code) == (True, "990101")
    assert AuditEntry.objects.filter(verb="citizen.large_text_set").count() == 1
    assert AuditEntry.objects.filter(verb="citizen.region_set").count() == 1
    for bad in ("abc", "9" * 13, "９９"):
        with pytest.raises(Refused):
            actions.set_region(xiaolin, bad, actor=xiaolin, now=now)
    assert Citizen.objects.get(pk=xiaolin.key).region_code == "990101"


# Reveal --------------------------------------------------------------------------------------


def test_an_agent_reveals_with_a_reason_and_that_is_audited(
    city: City, xiaolin: Citizen, now: datetime
) -> None:
    shown = actions.reveal(xiaolin, "phone", reason="回访办理结果", actor=city.wang, now=now)
    assert shown == PHONE
    entry = AuditEntry.objects.latest("id")
    assert (entry.verb, entry.actor_id, entry.after, entry.reason, entry.agency_path) == (
        "citizen.revealed",
        str(city.wang.pk),
        {"field": "phone"},
        "回访办理结果",
        city.police.path,
    )
    assert PHONE not in the_audit()


def test_without_a_reason_nothing_is_shown(city: City, xiaolin: Citizen, now: datetime) -> None:
    entries = AuditEntry.objects.count()
    for reason in ("", "  ", "x"):
        with pytest.raises(Refused) as refusal:
            actions.reveal(xiaolin, "phone", reason=reason, actor=city.wang, now=now)
        assert refusal.value.field == "reason"
    assert AuditEntry.objects.count() == entries


@pytest.mark.parametrize(
    "name", ["outsider", "zhao", "auditor", "administrator", "operator", "xiaolin"]
)
def test_who_may_not_reveal_sees_nothing(
    city: City, xiaolin: Citizen, now: datetime, name: str
) -> None:
    entries = AuditEntry.objects.count()
    with pytest.raises(NotFound):
        actions.reveal(xiaolin, "phone", reason="想看看", actor=getattr(city, name), now=now)
    assert AuditEntry.objects.count() == entries


def test_the_system_itself_has_no_reason_to_look(xiaolin: Citizen, now: datetime) -> None:
    with pytest.raises(NotFound):
        actions.reveal(xiaolin, "phone", reason="自动核对", actor=SETUP, now=now)


@pytest.mark.parametrize("field", ["openid", "key", "account", "__class__"])
def test_nothing_but_contact_fields_can_be_revealed(
    city: City, xiaolin: Citizen, now: datetime, field: Any
) -> None:
    with pytest.raises(NotFound):
        actions.reveal(xiaolin, field, reason="想看看", actor=city.wang, now=now)


def test_the_agency_of_her_ticket_may_reveal_through_it(
    city: City, xiaolin: Citizen, now: datetime
) -> None:
    shown = actions.reveal(
        xiaolin, "real_name", reason="上门核实", actor=city.outsider, agency=city.water, now=now
    )
    assert shown == "林小雨"
    assert AuditEntry.objects.latest("id").agency_path == city.water.path
    with pytest.raises(NotFound):
        actions.reveal(
            xiaolin, "phone", reason="上门核实", actor=city.wang, agency=city.water, now=now
        )


# Sight ---------------------------------------------------------------------------------------


def test_an_outsider_sees_no_citizen_of_another_agency(
    city: City, xiaolin: Citizen, now: datetime
) -> None:
    assert list(queries.visible_to(city.wang)) == [xiaolin]
    assert queries.citizen_for(city.wang, xiaolin.key) == xiaolin
    people: list[Staff] = [city.outsider, city.zhao, city.auditor, city.administrator]
    for person in people:
        assert not queries.visible_to(person).exists()
        with pytest.raises(NotFound) as forbidden:
            queries.citizen_for(person, xiaolin.key)
        with pytest.raises(NotFound) as missing:
            queries.citizen_for(person, "0" * 32)
        assert forbidden.value.message == missing.value.message
    supervisor = agencies.add_staff(
        username="super", name="高远", agency=city.root, role=Role.SUPERVISOR,
        actor=SETUP, now=now,
    )  # fmt: skip
    assert queries.citizen_for(supervisor, xiaolin.key, Permission.READ_CONVERSATIONS)


# Erasure -------------------------------------------------------------------------------------


def test_who_unfollows_is_erased_but_for_the_key(
    city: City, xiaolin: Citizen, now: datetime
) -> None:
    actions.set_region(xiaolin, "990101", actor=xiaolin, now=now)
    actions.set_large_text(xiaolin, True, actor=xiaolin, now=now)
    later = now + timedelta(days=1)
    assert actions.unfollow(xiaolin.key, at=later, actor=SETUP, now=later)
    assert row(xiaolin) == {
        "key": xiaolin.key,
        "account_id": city.account.pk,
        "openid": None,
        "nickname": None,
        "real_name": None,
        "phone": None,
        "region_code": "",
        "consented_at": None,
        "consent_version": "",
        "texts_agreed_at": None,
        "has_large_text": False,
        "first_seen_at": now,
        "followed_at": None,
        "unfollowed_at": later,
        "erased_at": later,
    }
    assert queries.profiles([xiaolin.key])[xiaolin.key].is_erased


def test_erasing_twice_changes_nothing(xiaolin: Citizen, now: datetime) -> None:
    later = now + timedelta(days=1)
    actions.unfollow(xiaolin.key, at=later, actor=SETUP, now=later)
    before, entries = row(xiaolin), AuditEntry.objects.count()
    actions.unfollow(xiaolin.key, at=later, actor=SETUP, now=later + timedelta(days=1))
    assert row(xiaolin) == before
    assert AuditEntry.objects.count() == entries


def test_nothing_is_kept_of_somebody_erased(city: City, xiaolin: Citizen, now: datetime) -> None:
    actions.erase(xiaolin, actor=SETUP, now=now)
    before = row(xiaolin)
    with pytest.raises(NotFound):
        actions.keep_contact(
            xiaolin, real_name="林小雨", phone=PHONE, consent_version=CONSENT_VERSION,
            actor=xiaolin, now=now,
        )  # fmt: skip
    with pytest.raises(NotFound):
        actions.set_region(xiaolin, "990101", actor=xiaolin, now=now)
    assert row(xiaolin) == before
    assert actions.reveal(xiaolin, "phone", reason="回访", actor=city.wang, now=now) == ""


def test_unfollowing_somebody_unknown_is_nothing(city: City, now: datetime) -> None:
    assert not actions.unfollow("0" * 32, at=now, actor=SETUP, now=now)
