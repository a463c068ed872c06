"""Meeting citizens in bulk: rows for newcomers, returning followers, pushes out of order."""

import random
from datetime import datetime, timedelta
from typing import Literal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from minxin.citizens import queries
from minxin.citizens.actions import Meeting, Met, meet_many, unfollow
from minxin.citizens.identity import key_of
from minxin.citizens.models import Citizen
from tests.support.city import APP_ID, OPENID, SETUP, City
from tests.support.databases import EITHER_DATABASE, own_database

SECOND = timedelta(seconds=1)


def meeting(
    city: City,
    at: datetime,
    kind: Literal["said", "followed", "unfollowed"] = "said",
    openid: str = "oNew",
) -> Meeting:
    return Meeting(key_of(APP_ID, openid), city.account.pk, openid, at, kind)


def meet(found: Meeting, now: datetime) -> Met:
    return meet_many([found], now=now)[found.key]


def test_a_key_can_be_computed_and_does_not_show_the_openid() -> None:
    key = key_of(APP_ID, OPENID)
    assert key == key_of(APP_ID, OPENID)
    assert len(key) == 32
    assert OPENID not in key
    assert key != key_of("wxfedcba9876543210", OPENID)
    assert key != key_of(APP_ID, OPENID + "x")


def test_a_newcomer_gets_a_row_with_her_openid_encrypted(city: City, now: datetime) -> None:
    found = meeting(city, now, "followed")
    assert meet(found, now) == Met(found.key, is_new=True, had_followed=False)
    row = Citizen.objects.get(pk=found.key)
    assert (row.openid, row.followed_at, row.first_seen_at) == ("oNew", now, now)
    assert queries.is_following(row)
    with connection.cursor() as cursor:
        cursor.execute("SELECT openid FROM citizens_citizen")
        assert all(openid.startswith("a1.") for (openid,) in cursor.fetchall())


def test_a_follow_event_told_twice_is_still_the_first(city: City, now: datetime) -> None:
    found = meeting(city, now, "followed")
    meet(found, now)
    assert meet(found, now + SECOND) == Met(found.key, is_new=False, had_followed=False)


def test_one_who_only_spoke_has_not_followed(city: City, now: datetime) -> None:
    meet(meeting(city, now), now)
    assert not meet(meeting(city, now + SECOND, "followed"), now).had_followed
    assert meet(meeting(city, now + 2 * SECOND), now).had_followed


def test_one_who_comes_back_is_known_by_the_hash_alone(city: City, now: datetime) -> None:
    key = meeting(city, now).key
    meet(meeting(city, now, "followed"), now)
    meet(meeting(city, now + SECOND, "unfollowed"), now)
    assert unfollow(key, at=now + SECOND, actor=SETUP, now=now)
    row = Citizen.objects.get(pk=key)
    assert row.openid is row.followed_at is None
    assert not queries.is_following(row)
    back = meet(meeting(city, now + 60 * SECOND, "followed"), now)
    assert (back.is_new, back.had_followed) == (False, True)
    row = Citizen.objects.get(pk=key)
    assert (row.openid, row.erased_at) == ("oNew", None)
    assert queries.is_following(row)


@pytest.mark.parametrize("kind", ["said", "followed"])
def test_a_late_repeat_of_an_old_push_brings_nothing_back(
    city: City, now: datetime, kind: Literal["said", "followed"]
) -> None:
    key = meeting(city, now).key
    meet(meeting(city, now, "followed"), now)
    unfollow(key, at=now + 5 * SECOND, actor=SETUP, now=now)
    meet(meeting(city, now + 2 * SECOND, kind), now)
    meet(meeting(city, now + 5 * SECOND, kind), now)
    row = Citizen.objects.get(pk=key)
    assert row.openid is row.followed_at is None
    assert row.erased_at is not None


def test_an_unfollow_event_of_a_stranger_stores_no_openid(city: City, now: datetime) -> None:
    found = meeting(city, now, "unfollowed")
    assert meet(found, now).is_new
    row = Citizen.objects.get(pk=found.key)
    assert (row.openid, row.unfollowed_at) == (None, now)
    assert row.erased_at is not None


def test_a_batch_tells_each_person_once_whatever_the_order(city: City, now: datetime) -> None:
    batch = [meeting(city, now + n * SECOND, openid=f"o{n % 7}") for n in range(40)]
    batch += [meeting(city, now + 50 * SECOND, "followed", openid="o3")]
    batch += [meeting(city, now + 60 * SECOND, openid=OPENID)]
    random.Random(7).shuffle(batch)
    before = Citizen.objects.count()
    met = meet_many(batch, now=now)
    assert Citizen.objects.count() == before + 7
    assert {key for key, found in met.items() if found.is_new} == {
        key_of(APP_ID, f"o{n}") for n in range(7)
    }
    assert met[city.xiaolin.key] == Met(city.xiaolin.key, is_new=False, had_followed=True)
    assert Citizen.objects.get(pk=key_of(APP_ID, "o3")).followed_at == now + 50 * SECOND


def test_leaving_and_coming_back_within_one_batch_is_following(city: City, now: datetime) -> None:
    key = city.xiaolin.key
    left = meeting(city, now + 5 * SECOND, "unfollowed", OPENID)
    back = meeting(city, now + 6 * SECOND, "followed", OPENID)
    meet_many([left, back], now=now)
    assert not unfollow(key, at=now + 5 * SECOND, actor=SETUP, now=now)  # she is back already
    row = Citizen.objects.get(pk=key)
    assert row.openid == OPENID
    assert queries.is_following(row)


def test_who_is_known_costs_one_query_and_an_empty_batch_none(city: City, now: datetime) -> None:
    known = [meeting(city, now, openid=f"o{n}") for n in range(50)]
    meet_many(known, now=now)
    with CaptureQueriesContext(
        connection,
    ) as spent:
        meet_many(known, now=now)
    assert len(spent) == 1
    with CaptureQueriesContext(connection) as spent:
        assert meet_many([], now=now) == {}
    assert len(spent) == 0


def test_a_process_that_stopped_leaves_nobody_unerased(city: City, now: datetime) -> None:
    meet(meeting(city, now + SECOND, "unfollowed", OPENID), now)  # and the process dies here
    assert list(queries.to_erase()) == [city.xiaolin]
    unfollow(city.xiaolin.key, at=now + SECOND, actor=SETUP, now=now)
    assert not queries.to_erase().exists()


CITY = """
from datetime import UTC, datetime
from minxin.accounts.models import Account
from tests.support.city import build_city
build_city(datetime(2026, 11, 24, 2, tzinfo=UTC))
"""

MEET = """
import json, random
from datetime import UTC, datetime
from django.db import transaction
from minxin.accounts.models import Account
from minxin.citizens.actions import Meeting, meet_many
from minxin.citizens.identity import key_of
now, account = datetime(2026, 11, 24, 3, tzinfo=UTC), Account.objects.get()
people, new = [f"o{number}" for number in range(400)], 0
random.Random(SEED).shuffle(people)
for start in range(0, 400, 40):
    with transaction.atomic():
        met = meet_many([
            Meeting(key_of(account.app_id, openid), account.pk, openid, now, "followed")
            for openid in people[start:start + 40]
        ], now=now)
    new += sum(found.is_new for found in met.values())
print(new)
"""


@pytest.mark.slow
@pytest.mark.parametrize("kind", EITHER_DATABASE)
def test_gateways_that_meet_the_same_people_agree_who_is_new(kind: str) -> None:
    with own_database(kind) as database:
        database.run(CITY)
        answers = database.run_all([MEET.replace("SEED", str(seed)) for seed in range(3)])
        assert sum(int(answer) for answer in answers) == 400
        count = "from minxin.citizens.models import Citizen; print(Citizen.objects.count())"
        assert database.run(count) == "401"
