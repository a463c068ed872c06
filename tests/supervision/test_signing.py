"""What follows a signature: findings are opened a few at a time, and whoever is killed repeats nothing."""

from datetime import datetime

import pytest

from minxin.agencies import actions as agencies
from minxin.agencies.models import AuditEntry
from minxin.agencies.queries import notices_of
from minxin.core.errors import NotFound, Refused
from minxin.core.jobs import LEASE, ClaimLost
from minxin.supervision import signing
from minxin.supervision.actions import campaigns, hearing
from minxin.supervision.actions import signing as actions
from minxin.supervision.models import Campaign, Finding, Signing
from minxin.supervision.queries.campaigns import signing_of
from minxin.supervision.rules.inspection import State
from tests.supervision.inspections import Team, build_team, entries, hand_in, opened, released
from tests.support.city import SETUP, City
from tests.support.databases import EITHER_DATABASE, answer_of, own_database

pytestmark = pytest.mark.django_db


@pytest.fixture
def team(city: City, now: datetime) -> Team:
    return build_team(city, now)


@pytest.fixture
def signed(city: City, team: Team, now: datetime) -> Campaign:
    """Signed, with one account that fails in two lines; nobody has worked at it yet."""
    campaign = opened(city, team, now)
    row = released(campaign, team, now=now)
    hearing.waive(row, actor=team.clerk, now=now)
    for each in campaign.inspections.filter(state=State.WAITING.value):
        hand_in(each, entries(), now=now)
    assert campaigns.sign_campaign(campaign, actor=team.lead, now=now) == 2
    campaign.refresh_from_db()
    return campaign


def test_the_signature_stands_before_its_findings(signed: Campaign, now: datetime) -> None:
    assert signed.standing == "signed"
    assert not Finding.objects.exists()
    job = signing_of(signed)
    assert job is not None
    assert (job.status, job.done, job.total) == ("waiting", 0, 2)
    signing.work(signed.pk, clock=lambda: now)
    signing.work(signed.pk, clock=lambda: now)
    job.refresh_from_db()
    assert (job.status, job.done, Finding.objects.count()) == ("done", 2, 2)
    assert AuditEntry.objects.filter(verb="campaign.registered").count() == 1


def test_who_takes_over_goes_on_and_the_first_writes_no_more(
    signed: Campaign, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(actions, "AT_ONCE", 1)
    first = actions.claim_signing(signed.pk, token="dead", now=now)
    assert first is not None
    assert actions.advance_signing(first, token="dead", now=now)
    assert actions.claim_signing(signed.pk, token="other", now=now) is None
    later = now + LEASE
    assert signing.wake_stalled(now=later) == 1
    signing.work(signed.pk, clock=lambda: later)
    job = Signing.objects.get()
    assert (job.status, job.done, job.interruptions) == ("done", 2, 1)
    with pytest.raises(ClaimLost):
        actions.advance_signing(first, token="dead", now=later)
    assert Finding.objects.count() == 2
    assert signing.wake_stalled(now=later + LEASE) == 0


def test_a_signer_who_may_no_more_is_followed_by_one_who_may(
    signed: Campaign, team: Team, now: datetime
) -> None:
    for membership in team.lead.memberships.all():
        agencies.withdraw_role(membership, actor=SETUP, now=now)
    signing.work(signed.pk, clock=lambda: now)
    job = Signing.objects.get()
    assert (job.status, Finding.objects.count()) == ("failed", 0)
    assert "继续登记" in job.note
    for person in (team.of_water, team.clerk):
        with pytest.raises(NotFound):
            actions.resume_signing(signed, actor=person, now=now)
    actions.resume_signing(signed, actor=team.second, now=now)
    signing.work(signed.pk, clock=lambda: now)
    job.refresh_from_db()
    assert (job.status, Finding.objects.count(), job.note) == ("done", 2, "")
    assert {each.opened_by for each in Finding.objects.all()} == {team.second}
    with pytest.raises(Refused):
        actions.resume_signing(signed, actor=team.second, now=now)


def test_who_signed_many_hears_when_they_are_there(
    signed: Campaign, team: Team, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(actions, "TOLD_FROM", 2)
    signing.work(signed.pk, clock=lambda: now)
    texts = [each.text for each in notices_of(team.lead)]
    assert f"“{signed.name}”签发后登记了 2 个问题" in texts


# Killed ------------------------------------------------------------------------------------------

CAST = """
from datetime import UTC, datetime
from minxin.supervision.actions import campaigns
from minxin.supervision.models import Campaign, Signing
from tests.support.city import build_city
from tests.supervision.inspections import build_team, opened
from tests.supervision.signings import fail_all
now = datetime.now(UTC)
city = build_city(now)
print(fail_all(city, build_team(city, now), now))
"""
WORK = """
from minxin.supervision import signing
from minxin.supervision.actions import signing as actions
actions.AT_ONCE = 2
signing.work({number})
"""
BEGUN = """
from minxin.supervision.models import Signing
Signing.objects.get(pk={number}).done
"""
LOOK = """
from minxin.supervision.models import Finding, Signing
job = Signing.objects.get(pk={number})
print(job.status, job.done, Finding.objects.count(), job.interruptions)
"""
LATER = """
from datetime import timedelta
from django.utils import timezone
from minxin.supervision.signing import wake_stalled, work
later = timezone.now() + timedelta(minutes=2)
assert wake_stalled(now=later) == 1
work({number}, clock=lambda: later)
"""


@pytest.mark.slow
@pytest.mark.parametrize("kind", EITHER_DATABASE)
def test_a_killed_worker_loses_and_repeats_nothing(kind: str) -> None:
    with own_database(kind) as database:
        number, total = database.run(CAST).split()
        database.kill_when(BEGUN.format(number=number), WORK.format(number=number))
        status, done, findings, _taken = database.run(LOOK.format(number=number)).split()
        assert status == "running"
        assert done == findings
        assert 0 < int(done) < int(total)
        answer_of(database.start(LATER.format(number=number)))
        assert database.run(LOOK.format(number=number)) == f"done {total} {total} 1"
