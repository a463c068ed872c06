"""Notices to staff inside the console."""

from datetime import datetime, timedelta

from minxin.agencies import actions, queries
from tests.support.city import City


def test_a_notice_reaches_who_is_active_and_is_told_once_while_unread(
    city: City, now: datetime
) -> None:
    actions.deactivate_staff(city.zhao, actor=city.administrator, now=now)
    people = [city.wang, city.zhao, city.wang]

    def tell() -> int:
        return actions.notify_staff(
            people, "工单明天到期。", kind="due", link="/console/tickets/", now=now
        )

    assert tell() == 1
    assert tell() == 0
    assert queries.notices_of(city.wang).count() == 1
    assert not queries.notices_of(city.zhao).exists()
    assert actions.read_notices(city.wang, now=now) == 1
    assert tell() == 1  # what was read may be told again


def test_a_person_reads_only_her_own(city: City, now: datetime) -> None:
    actions.notify_staff([city.wang, city.outsider], "请更新知识。", kind="review", now=now)
    hers = queries.notices_of(city.outsider).get()
    assert actions.read_notices(city.wang, [hers.pk], now=now) == 0
    hers.refresh_from_db()
    assert hers.read_at is None
    later = now + timedelta(minutes=5)
    assert actions.read_notices(city.outsider, [hers.pk], now=later) == 1
    hers.refresh_from_db()
    assert hers.read_at == later
