"""Many rows at once are the rows that `bulk_create` would have made."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, transaction

from minxin.agencies.models import StaffNotice
from minxin.core.table_rows import add_rows
from minxin.tickets.models import LadderStep, Ticket
from tests.support.city import City
from tests.tickets.escalating import NOW, make


def _rows(model: Any) -> list[dict[str, Any]]:
    return list(model.objects.order_by("pk").values())


def test_rows_are_those_of_bulk_create_with_their_defaults(city: City) -> None:
    shanghai = datetime(2026, 11, 24, 10, 0, 0, 123456, tzinfo=ZoneInfo("Asia/Shanghai"))
    given: list[dict[str, Any]] = [
        {"staff_id": city.wang.pk, "kind": "a", "text": "“'%s\n", "created_at": shanghai},
        {"staff_id": city.zhao.pk, "kind": "b", "text": "", "created_at": shanghai.astimezone(UTC)},
        {"staff_id": city.wang.pk, "kind": "a", "text": "2", "created_at": shanghai + timedelta(1)},
    ]
    add_rows(StaffNotice, given)
    ours = _rows(StaffNotice)
    StaffNotice.objects.all().delete()
    StaffNotice.objects.bulk_create(StaffNotice(**each) for each in given)
    theirs = _rows(StaffNotice)
    assert [{**each, "id": 0} for each in ours] == [{**each, "id": 0} for each in theirs]
    assert [each["text"] for each in ours] == ["“'%s\n", "", "2"]
    add_rows(StaffNotice, [])
    with pytest.raises(KeyError):
        add_rows(StaffNotice, [{"staff": city.wang.pk}])
    with pytest.raises(KeyError):
        add_rows(StaffNotice, [given[0], {"staff_id": city.wang.pk}])


def test_one_row_too_many_leaves_none_of_them(city: City) -> None:
    make(city, 2, NOW)
    step = {"ticket_id": Ticket.objects.all()[0].pk, "term": 1, "key": "urge", "step": "urge",
            "at": NOW, "agency_id": city.police.pk, "words": "逾期", "due_at": NOW}  # fmt: skip
    with pytest.raises(IntegrityError), transaction.atomic():
        add_rows(LadderStep, [{**step, "key": "remind"}, step, step])
    assert not LadderStep.objects.exists()
