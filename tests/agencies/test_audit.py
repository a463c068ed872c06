"""The audit: appended, chained, never changed, without secrets."""

from datetime import date, datetime, timedelta

import pytest
from django.db import connection, transaction

from minxin.agencies import actions, audit, queries
from minxin.agencies.models import AuditEntry, ChangesHistory
from minxin.agencies.rules import HIDDEN
from minxin.core.actors import System
from minxin.core.errors import Refused
from tests.support.city import PASSWORD, SETUP, City
from tests.support.databases import EITHER_DATABASE, own_database


def rewrite(pk: int, **values: object) -> None:
    """What somebody with the database's password could do."""
    sets = ", ".join(f"{column} = %s" for column in values)
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE agencies_auditentry SET {sets} WHERE id = %s",  # noqa: S608
            [*values.values(), pk],
        )


def test_a_whole_chain_holds(city: City) -> None:
    verdict = audit.verify_chain()
    assert verdict.is_whole
    assert verdict.entries == AuditEntry.objects.count() > 8
    assert verdict.head == AuditEntry.objects.latest("id").chain


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("verb", "agency.forgotten"),
        ("actor_name", "别人"),
        ("actor_id", "1"),
        ("agency_path", "/9/"),
        ("subject_label", "别的"),
        ("after", '"changed"'),
        ("reason", "没有理由"),
        ("at", "2020-01-01 00:00:00"),
        ("chain", "0" * 64),
    ],
)
def test_a_changed_row_breaks_the_chain_there(city: City, column: str, value: str) -> None:
    victim = AuditEntry.objects.order_by("id")[3]
    rewrite(victim.pk, **{column: value})
    verdict = audit.verify_chain()
    assert not verdict.is_whole
    assert verdict.broken_at == victim.pk
    assert verdict.entries == 3


def test_a_removed_row_breaks_the_chain_after_it(city: City) -> None:
    victim, following = AuditEntry.objects.order_by("id")[3:5]
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM agencies_auditentry WHERE id = %s", [victim.pk])
    assert audit.verify_chain().broken_at == following.pk


def test_entries_cannot_be_changed_or_removed(city: City) -> None:
    entry = AuditEntry.objects.latest("id")
    before = list(AuditEntry.objects.order_by("id").values())
    entry.verb = "nothing.happened"
    with pytest.raises(ChangesHistory):
        entry.save()
    with pytest.raises(ChangesHistory):
        entry.delete()
    with pytest.raises(ChangesHistory):
        AuditEntry.objects.filter(pk=entry.pk).update(verb="nothing.happened")
    with pytest.raises(ChangesHistory):
        AuditEntry.objects.all().delete()
    with pytest.raises(ChangesHistory):
        AuditEntry.objects.bulk_create([AuditEntry()])
    with pytest.raises(ChangesHistory):
        AuditEntry.objects.bulk_update([entry], ["verb"])
    assert list(AuditEntry.objects.order_by("id").values()) == before


def test_the_entry_lives_and_dies_with_the_write(city: City, now: datetime) -> None:
    entries = AuditEntry.objects.count()
    with transaction.atomic():
        actions.rename_agency(city.water, "云溪市水利局", actor=SETUP, now=now)
        assert AuditEntry.objects.count() == entries + 1
        transaction.set_rollback(True)  # the write fails after all
    assert AuditEntry.objects.count() == entries
    assert audit.verify_chain().is_whole


def test_a_refused_write_leaves_no_entry(city: City, now: datetime) -> None:
    entries = AuditEntry.objects.count()
    with pytest.raises(Refused):
        actions.rename_agency(city.water, "", actor=SETUP, now=now)
    assert AuditEntry.objects.count() == entries


def test_an_entry_says_who_did_what_to_which_and_where(city: City, now: datetime) -> None:
    actions.rename_agency(city.water, "云溪市水利局", actor=city.administrator, now=now)
    entry = AuditEntry.objects.latest("id")
    assert (entry.actor_kind, entry.actor_id, entry.actor_name) == (
        "staff",
        str(city.administrator.pk),
        "刘伟",
    )
    assert (entry.verb, entry.subject_kind, entry.subject_id, entry.subject_label) == (
        "agency.renamed",
        "agencies.agency",
        str(city.water.pk),
        "云溪市水利局",
    )
    assert (entry.before, entry.after) == ("云溪市水务局", "云溪市水利局")
    assert (entry.at, entry.agency_path) == (now, city.water.path)


def test_private_values_never_reach_the_audit(city: City, now: datetime) -> None:
    entry = audit.record(
        System("test"),
        "thing.changed",
        city.account,
        before={"secret": "s3cret", "list": [{"phone": "0999-5550101", "n": 1.5}], "token": None},
        after={"on": date(2026, 11, 24), "keys": {"b", "a"}, "lasting": timedelta(days=1)},
        now=now,
    )
    kept = AuditEntry.objects.get(pk=entry.pk)
    assert kept.before == {
        "secret": HIDDEN,
        "list": [{"phone": HIDDEN, "n": "1.5"}],
        "token": None,
    }
    assert kept.after == {"on": "2026-11-24", "keys": ["a", "b"], "lasting": "P1DT00H00M00S"}
    assert kept.agency_path == city.police.path
    assert audit.verify_chain().is_whole


def test_a_number_typed_into_a_reason_is_masked(city: City, now: datetime) -> None:
    actions.deactivate_staff(
        city.wang, reason="本人来电13900001234要求", actor=city.administrator, now=now
    )
    reason = AuditEntry.objects.latest("id").reason
    assert "13900001234" not in reason
    assert reason.startswith("本人来电")


def test_no_secret_of_the_city_stands_in_the_audit(city: City) -> None:
    text = "".join(
        f"{row.before}{row.after}{row.reason}{row.subject_label}"
        for row in AuditEntry.objects.all()
    )
    for secret in (PASSWORD, "5" * 32, "cityt0ken", "k" * 43):
        assert secret not in text


def test_an_auditor_sees_her_branch_and_the_city_auditor_the_system_too(
    city: City, now: datetime
) -> None:
    from minxin.agencies.rules import Role

    audit.record(System("clock"), "sessions.forgotten", "会话", now=now)
    local = actions.add_staff(
        username="local", name="吴越", agency=city.water, role=Role.AUDITOR, actor=SETUP, now=now
    )
    assert queries.audit_visible_to(city.auditor).count() == AuditEntry.objects.count()
    seen = queries.audit_visible_to(local)
    assert seen.exists()
    assert all(entry.agency_path.startswith(city.water.path) for entry in seen)
    for person in (city.wang, city.administrator, city.operator, city.outsider):
        assert not queries.audit_visible_to(person).exists()


WRITER = """
import sys
from datetime import UTC, datetime
from django.db import transaction
from minxin.agencies import audit
from minxin.core.actors import System
now = datetime(2026, 11, 24, 2, tzinfo=UTC)
for number in range(15):
    with transaction.atomic():
        audit.record(System({name!r}), "thing.done", f"thing {{number}}", after=[number], now=now)
"""

VERDICT = """
from minxin.agencies import audit
verdict = audit.verify_chain()
print(verdict.entries, verdict.broken_at)
"""


@pytest.mark.slow
@pytest.mark.parametrize("kind", EITHER_DATABASE)
def test_processes_that_write_at_once_make_one_chain(kind: str) -> None:
    with own_database(kind) as database:
        database.run_all([WRITER.format(name=f"writer{number}") for number in range(4)])
        assert database.run(VERDICT) == "60 None"
