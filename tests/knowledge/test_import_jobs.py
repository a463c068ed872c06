"""An uploaded sheet is checked, confirmed and written by a worker that may be stopped or killed."""

from datetime import datetime, timedelta

import pytest

from minxin.agencies import actions as agencies
from minxin.agencies.models import AuditEntry, Membership
from minxin.agencies.queries import notices_of
from minxin.core.errors import NotFound, Refused
from minxin.core.jobs import LEASE, ClaimLost
from minxin.knowledge import actions
from minxin.knowledge.actions import CHUNK
from minxin.knowledge.actions.jobs import KEPT
from minxin.knowledge.models import Entry, ImportJob
from minxin.knowledge.queries import faults_of, import_for
from minxin.knowledge.tasks import wake_stalled, work
from tests.knowledge.conftest import Editors
from tests.support.city import SETUP, City
from tests.support.databases import EITHER_DATABASE, answer_of, own_database

TITLES = "标准问题,答案"


def sheet(count: int, *more: str) -> bytes:
    rows = [f"第{number}项业务怎样办理？,请到{number}号窗口。" for number in range(count)]
    return "\n".join((TITLES, *rows, *more)).encode()


def upload(city: City, editors: Editors, now: datetime, content: bytes) -> ImportJob:
    return actions.start_import(
        "knowledge.csv", content, agency=city.police, actor=editors.li, now=now
    )


def run(job: ImportJob, now: datetime) -> None:
    work(job.pk, clock=lambda: now)
    job.refresh_from_db()


def checked(city: City, editors: Editors, now: datetime, content: bytes) -> ImportJob:
    job = upload(city, editors, now, content)
    run(job, now)
    return job


def test_a_sheet_is_checked_before_anything_is_written(
    city: City, editors: Editors, now: datetime
) -> None:
    job = checked(city, editors, now, sheet(2, ",没有问题", "怎样办？,"))
    assert (job.status, job.total, job.refused) == ("checked", 2, 2)
    assert job.preview[0] == ["第0项业务怎样办理？", str(city.police)]
    assert [(each.row, each.column) for each in faults_of(job)] == [(4, "标准问题"), (5, "答案")]
    assert not Entry.objects.exists()
    run(job, now)  # nothing to do before somebody confirms
    assert job.status == "checked"


def test_what_was_confirmed_is_written_and_counted(
    city: City, editors: Editors, now: datetime
) -> None:
    job = checked(city, editors, now, sheet(3, ",没有问题"))
    actions.confirm_import(job, actor=editors.li, now=now)
    run(job, now)
    assert (job.status, job.created, job.updated, job.unchanged) == ("done", 3, 0, 0)
    assert (job.refused, job.interruptions, job.file.name) == (1, 0, "")
    again = checked(city, editors, now, sheet(4).replace("到2号".encode(), "到9号".encode()))
    assert (again.total, again.expected_updates) == (4, 3)
    actions.confirm_import(again, actor=editors.li, now=now)
    run(again, now)
    assert (again.created, again.updated, again.unchanged) == (1, 1, 2)
    assert Entry.objects.get(question="第2项业务怎样办理？").answer == "请到9号窗口。"
    verbs = set(AuditEntry.objects.values_list("verb", flat=True))
    assert {"import.uploaded", "import.confirmed", "knowledge.imported", "import.ended"} <= verbs


def test_a_file_that_cannot_be_read_is_said_in_words(
    city: City, editors: Editors, now: datetime
) -> None:
    job = checked(city, editors, now, "问题,答复\na,b".encode())
    assert job.status == "unreadable"
    assert "标准问题" in job.note
    with pytest.raises(Refused):
        actions.confirm_import(job, actor=editors.li, now=now)
    with pytest.raises(Refused):
        actions.stop_import(job, actor=editors.li, now=now)


def test_a_stop_ends_after_the_step_in_hand_and_can_be_taken_back(
    city: City, editors: Editors, now: datetime
) -> None:
    job = checked(city, editors, now, sheet(3 * CHUNK))
    actions.confirm_import(job, actor=editors.li, now=now)
    moments: list[datetime] = []

    def stop_in_the_second_step() -> datetime:
        moments.append(now)
        if len(moments) == 4:  # claimed, checked, first step, second step
            actions.stop_import(import_for(editors.li, job.pk), actor=editors.li, now=now)
        return now

    work(job.pk, clock=stop_in_the_second_step)
    job.refresh_from_db()
    assert (job.status, job.created, job.total) == ("stopped", 2 * CHUNK, 3 * CHUNK)
    assert Entry.objects.count() == 2 * CHUNK
    actions.resume_import(job, actor=editors.li, now=now)
    run(job, now)
    assert (job.status, job.created, job.unchanged) == ("done", 3 * CHUNK, 0)
    assert Entry.objects.count() == 3 * CHUNK
    (told,) = notices_of(editors.li)  # of the end, not of the stop
    assert told.text == f"“knowledge.csv”导入结束：新增 {3 * CHUNK} 条，更新 0 条，0 行有误"


def test_what_nobody_works_at_stops_at_once(city: City, editors: Editors, now: datetime) -> None:
    job = checked(city, editors, now, sheet(2))
    actions.confirm_import(job, actor=editors.li, now=now)
    actions.stop_import(job, actor=editors.li, now=now)
    assert job.status == "stopped"
    run(job, now)
    assert (job.status, Entry.objects.count()) == ("stopped", 0)
    unchecked = upload(city, editors, now, sheet(2))
    actions.stop_import(unchecked, actor=editors.li, now=now)
    actions.resume_import(unchecked, actor=editors.li, now=now)
    run(unchecked, now)
    assert unchecked.status == "checked"  # what was never checked is not written unseen


def test_only_one_worker_has_a_job_until_it_is_heard_of_no_more(
    city: City, editors: Editors, now: datetime
) -> None:
    job = checked(city, editors, now, sheet(2))
    actions.confirm_import(job, actor=editors.li, now=now)
    first = actions.claim_import(job.pk, token="first", now=now)
    assert first is not None
    assert actions.claim_import(job.pk, token="second", now=now) is None
    late = now + LEASE
    second = actions.claim_import(job.pk, token="second", now=late)
    assert second is not None
    assert second.interruptions == 1
    rows = [(city.police, actions.EntryDraft(question="旧的？", answer="旧的。"))]
    with pytest.raises(ClaimLost):
        actions.advance_import(first, rows, reached=2, token="first", now=late)
    assert not Entry.objects.exists()
    actions.advance_import(second, rows, reached=2, token="second", now=late)
    assert Entry.objects.count() == 1


def test_a_stalled_job_is_woken(city: City, editors: Editors, now: datetime) -> None:
    job = checked(city, editors, now, sheet(2))
    actions.confirm_import(job, actor=editors.li, now=now)
    actions.claim_import(job.pk, token="dead", now=now)
    assert wake_stalled(now=now + LEASE - timedelta(seconds=1)) == 0
    assert wake_stalled(now=now + LEASE) == 1
    run(job, now + LEASE)
    assert (job.status, job.interruptions) == ("done", 1)
    assert wake_stalled(now=now + 2 * LEASE) == 0


def test_a_right_that_was_lost_meanwhile_ends_the_job(
    city: City, editors: Editors, now: datetime
) -> None:
    job = checked(city, editors, now, sheet(2))
    actions.confirm_import(job, actor=editors.li, now=now)
    held = Membership.objects.get(staff=editors.li)
    agencies.withdraw_role(held, actor=SETUP, now=now)
    run(job, now)
    assert job.status == "failed"
    assert "权限" in job.note
    assert not Entry.objects.exists()


def test_others_neither_see_nor_confirm_it(city: City, editors: Editors, now: datetime) -> None:
    job = checked(city, editors, now, sheet(2))
    with pytest.raises(NotFound):
        import_for(editors.gao, job.pk)
    for action in (actions.confirm_import, actions.stop_import, actions.resume_import):
        with pytest.raises(NotFound):
            action(job, actor=editors.gao, now=now)
    job.refresh_from_db()
    assert job.status == "checked"
    with pytest.raises(NotFound):
        actions.start_import("a.csv", b"", agency=city.police, actor=editors.gao, now=now)


def test_a_sheet_that_nobody_confirms_is_removed_after_a_week(
    city: City, editors: Editors, now: datetime
) -> None:
    job = checked(city, editors, now, sheet(2))
    place = job.file.path
    assert actions.forget_imports(now=now + KEPT) == 0
    assert actions.forget_imports(now=now + KEPT + timedelta(minutes=1)) == 1
    with pytest.raises(FileNotFoundError), open(place):
        pass
    with pytest.raises(Refused):
        actions.confirm_import(job, actor=editors.li, now=now)


CAST = """
from datetime import UTC, datetime
from minxin.agencies import actions as agencies
from minxin.agencies.rules import Role
from minxin.knowledge import actions
from minxin.knowledge.tasks import work
from tests.knowledge.test_import_jobs import sheet
from tests.support.city import PASSWORD, SETUP, build_city
now = datetime.now(UTC)
city = build_city(now)
li = agencies.add_staff(username="limin", name="李敏", agency=city.police, role=Role.EDITOR,
                        password=PASSWORD, must_change_password=False, actor=SETUP, now=now)
job = actions.start_import("a.csv", sheet(3000), agency=city.police, actor=li, now=now)
work(job.pk)
job.refresh_from_db()
actions.confirm_import(job, actor=li, now=now)
print(job.pk)
"""
WORK = "from minxin.knowledge.tasks import work\nwork({job})"
LOOK = """
from minxin.knowledge.models import Entry, ImportJob
job = ImportJob.objects.get(pk={job})
print(job.status, job.created, Entry.objects.count(), job.updated + job.unchanged, job.interruptions)
"""
BEGUN = """
from minxin.knowledge.models import ImportJob
ImportJob.objects.get(pk={job}).created
"""
LATER = """
from datetime import timedelta
from django.utils import timezone
from minxin.knowledge.tasks import wake_stalled, work
later = timezone.now() + timedelta(minutes=2)
assert wake_stalled(now=later) == 1
work({job}, clock=lambda: later)
"""


@pytest.mark.slow
@pytest.mark.parametrize("kind", EITHER_DATABASE)
def test_a_killed_worker_loses_and_repeats_nothing(kind: str) -> None:
    with own_database(kind) as database:
        job = database.run(CAST)
        database.kill_when(BEGUN.format(job=job), WORK.format(job=job))
        status, created, entries, *_ = database.run(LOOK.format(job=job)).split()
        assert status == "running"
        assert created == entries
        assert 0 < int(created) < 3000
        answer_of(database.start(LATER.format(job=job)))
        assert database.run(LOOK.format(job=job)) == "done 3000 3000 0 1"
