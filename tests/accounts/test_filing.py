"""What the register keeps of an account: written with an audit entry, remarked on before it runs out."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from minxin.accounts import actions, queries
from minxin.accounts.actions import FilingDraft
from minxin.accounts.models import Filing
from minxin.accounts.rules import REMARKED_BEFORE, Concern, endings
from minxin.agencies.models import AuditEntry
from minxin.core.errors import Refused
from tests.support.city import SETUP, City, build_city

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 24)
DRAFT = FilingDraft(
    number=" 云备2026-1 ", holder="云溪市公安局", certified_until=date(2027, 3, 1), keeper="周航"
)


@pytest.fixture
def city(db: None, now: datetime) -> City:
    return build_city(now)


def test_it_is_kept_once_and_audited_by_what_changed(city: City, now: datetime) -> None:
    actions.keep_filing(city.account, DRAFT, actor=SETUP, now=now)
    actions.keep_filing(city.account, DRAFT, actor=SETUP, now=now)  # nothing changed
    later = replace(DRAFT, keeper="林青")
    actions.keep_filing(city.account, later, actor=SETUP, now=now)
    kept = queries.filing_of(city.account)
    assert (kept.number, kept.keeper) == ("云备2026-1", "林青")
    told = AuditEntry.objects.filter(verb="account.filed").order_by("id")
    assert [(entry.before, entry.after) for entry in told][1:] == [
        ({"keeper": "周航"}, {"keeper": "林青"})
    ]
    assert told[0].after["certified_until"] == "2027-03-01"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"url": "javascript:alert(1)"}, "url"),
        ({"opened_on": date(2026, 5, 2), "closed_on": date(2026, 5, 1)}, "closed_on"),
        ({"keeper": "长" * 41}, "keeper"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_written(
    city: City, now: datetime, change: dict[str, object], field: str
) -> None:
    with pytest.raises(Refused) as refusal:
        actions.keep_filing(city.account, replace(DRAFT, **change), actor=SETUP, now=now)  # type: ignore[arg-type]
    assert refusal.value.field == field
    assert not Filing.objects.exists()


def test_nobody_described_it(city: City) -> None:
    assert queries.filing_of(city.account).number == ""
    assert not Filing.objects.exists()


@pytest.mark.parametrize(
    ("days", "found"),
    [
        (-1, (Concern.CERTIFICATION_ENDED, Concern.CONTRACT_ENDED)),
        (0, (Concern.CERTIFICATION_ENDS, Concern.CONTRACT_ENDS)),
        (REMARKED_BEFORE.days, (Concern.CERTIFICATION_ENDS, Concern.CONTRACT_ENDS)),
        (REMARKED_BEFORE.days + 1, ()),
    ],
)
def test_what_runs_out_is_remarked_in_time(days: int, found: tuple[Concern, ...]) -> None:
    until = TODAY + timedelta(days=days)
    assert endings(certified_until=until, contract_until=until, today=TODAY) == found
    assert endings(certified_until=None, contract_until=None, today=TODAY) == ()


def test_the_account_says_so(city: City, now: datetime) -> None:
    actions.keep_filing(city.account, replace(DRAFT, certified_until=TODAY), actor=SETUP, now=now)
    assert any(
        "认证将在30天内到期" in text for text in queries.concerns_of(city.account, today=TODAY)
    )
