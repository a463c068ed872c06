"""A key opens one branch by named rights until a moment, is shown once, and ends at once."""

from datetime import datetime, timedelta

import pytest
from django.test import Client

from minxin.agencies.actions import KeyDraft, make_key, revoke_key
from minxin.agencies.models import ApiKey, AuditEntry
from minxin.agencies.queries import key_shown
from minxin.api.keys import PACE, Pace
from minxin.core.errors import AlreadyDone, NotFound, Refused
from minxin.tickets import actions
from tests.api.conftest import MakePartner
from tests.support.city import SETUP, City


def code(answer: object) -> str:
    return str(answer.json()["error"]["code"])  # type: ignore[attr-defined]


def test_without_a_key_nothing_opens(city: City) -> None:
    for header in (
        {},
        {"Authorization": "Bearer mx_000000000000_x"},
        {"Authorization": "Basic eA=="},
    ):
        answer = Client().get("/api/v1/tickets", headers=header)
        assert answer.status_code == 401
        assert code(answer) == "unauthorized"
        assert "密钥" in answer.json()["error"]["message"]


def test_the_key_itself_is_kept_nowhere(partner: MakePartner) -> None:
    made = partner()
    row = ApiKey.objects.values().get()
    secret = made.token.split("_", 2)[2]
    assert secret not in repr(row)
    assert not AuditEntry.objects.filter(after__icontains=secret).exists()
    assert key_shown(made.token) == made.key
    assert key_shown(made.token + "x") is None
    assert key_shown(f"mx_{made.key.mark}_") is None


def test_a_key_ends_at_its_second(partner: MakePartner, now: datetime) -> None:
    made = partner()
    assert made.get("/tickets").status_code == 200
    ApiKey.objects.update(expires_at=now - timedelta(seconds=1))
    answer = made.get("/tickets")
    assert (answer.status_code, code(answer)) == (401, "key_expired")


def test_a_revoked_key_ends_with_the_next_request(
    partner: MakePartner, city: City, now: datetime
) -> None:
    made = partner()
    assert made.get("/tickets").status_code == 200
    revoke_key(made.key, reason="合同到期", actor=city.administrator, now=now)
    answer = made.get("/tickets")
    assert (answer.status_code, code(answer)) == (401, "key_revoked")
    with pytest.raises(AlreadyDone):
        revoke_key(made.key, reason="合同到期", actor=city.administrator, now=now)


def test_only_who_gives_rights_over_the_branch_makes_and_ends_keys(
    city: City, partner: MakePartner, now: datetime
) -> None:
    draft = KeyDraft(
        name="x", partner="y", rights=["tickets.read"], level_coding="national",
        expires_at=now + timedelta(days=1),
    )  # fmt: skip
    for person in (city.wang, city.outsider, city.auditor, city.operator):
        with pytest.raises(NotFound):
            make_key(city.police, draft, actor=person, now=now)
    made = partner()
    with pytest.raises(NotFound):
        revoke_key(made.key, reason="不想要了", actor=city.wang, now=now)
    made.key.refresh_from_db()
    assert made.key.revoked_at is None


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"name": " "}, "name"),
        ({"partner": ""}, "partner"),
        ({"rights": []}, "rights"),
        ({"rights": ["staff.edit"]}, "rights"),
        ({"level_coding": ""}, "level_coding"),
        ({"expires_at": timedelta(0)}, "expires_at"),
        ({"expires_at": timedelta(days=900)}, "expires_at"),
        ({"per_minute": 0}, "per_minute"),
    ],
)
def test_a_draft_is_refused_with_its_field(
    city: City, now: datetime, wrong: dict[str, object], field: str
) -> None:
    good: dict[str, object] = {
        "name": "x", "partner": "y", "rights": ["tickets.read"], "level_coding": "national",
        "expires_at": timedelta(days=1),
    }  # fmt: skip
    given = good | wrong
    given["expires_at"] = now + given["expires_at"]  # type: ignore[operator]
    with pytest.raises(Refused) as refused:
        make_key(city.police, KeyDraft(**given), actor=city.administrator, now=now)  # type: ignore[arg-type]
    assert refused.value.field == field
    assert not ApiKey.objects.exists()


def test_a_right_that_was_not_given_is_named(partner: MakePartner) -> None:
    reader = partner(rights=("tickets.read",))
    answer = reader.post("/tickets", {"text": "路灯坏了三天", "their_number": "A1"})
    assert (answer.status_code, code(answer)) == (403, "right_missing")
    writer = partner(rights=("tickets.file",))
    assert writer.get("/tickets").status_code == 403


def test_the_branch_of_another_agency_is_not_seen(
    partner: MakePartner, city: City, now: datetime
) -> None:
    ticket = actions.file(
        text="东桥路口的路灯坏了", citizen=city.xiaolin, account=city.account, source="portal",
        key="k", actor=SETUP, now=now,
    )  # fmt: skip
    other = partner(city.water)
    assert other.get("/tickets").json()["tickets"] == []
    for path in (f"/tickets/{ticket.number}", "/tickets/KX-0000-0000"):
        answer = other.get(path)
        assert (answer.status_code, code(answer)) == (404, "not_found")
    assert (
        other.post(f"/tickets/{ticket.number}/answer", {"text": "已经修好了。"}).status_code == 404
    )
    assert [t["number"] for t in partner(city.root).get("/tickets").json()["tickets"]] == [
        ticket.number
    ]


def test_a_retired_agency_closes_its_keys(partner: MakePartner, city: City) -> None:
    made = partner(city.water)
    city.water.is_active = False
    city.water.save()
    assert made.get("/tickets").json()["tickets"] == []


def test_the_pace_is_held_and_told(partner: MakePartner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(PACE, "_clock", lambda: 30.0)
    made = partner(per_minute=3)
    assert [made.get("/tickets").status_code for _ in range(4)] == [200, 200, 200, 429]
    answer = made.get("/tickets")
    assert (code(answer), answer["Retry-After"]) == ("too_many_requests", "30")
    assert partner().get("/tickets").status_code == 200


def test_a_pace_counts_by_the_minute() -> None:
    at = [30.0]
    pace = Pace(clock=lambda: at[0])
    assert [pace.wait(1, 2) for _ in range(3)] == [0, 0, 30]
    assert pace.wait(2, 2) == 0
    at[0] = 61.0
    assert pace.wait(1, 2) == 0


def test_when_it_was_used_is_remembered(partner: MakePartner) -> None:
    made = partner()
    assert made.key.last_used_at is None
    made.get("/tickets")
    made.key.refresh_from_db()
    assert made.key.last_used_at is not None
