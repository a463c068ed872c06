"""A new rule is tried on the past first; a named person then lets it hold, or takes her own away."""

import hashlib
from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from minxin.agencies import audit
from minxin.agencies.models import Staff
from minxin.agencies.queries import ensure_may_everywhere
from minxin.agencies.rules import Permission
from minxin.core import jobs
from minxin.core.errors import NotFound, Refused
from minxin.core.jobs import LEASE, ClaimLost
from minxin.supervision.models import BackTest, BackTestDifference
from minxin.supervision.packs import library, own, parse
from minxin.supervision.packs.reading import BadPack
from minxin.supervision.queries.updates import supervised
from minxin.supervision.rules.backtests import Difference, last_quarter
from minxin.supervision.rules.clock import day_of
from minxin.supervision.rules.packs import Pack

Status = BackTest.Status
LARGEST_PACK = 64 * 1024  # bytes


def begin_backtest(content: bytes, *, actor: Staff, now: datetime) -> BackTest:
    """Take a pack in to be tried on the last quarter. Raises `Refused` with what is wrong in it."""
    ensure_may_everywhere(actor, Permission.EDIT_RULES)
    text, pack = _read(content)
    since, until = last_quarter(day_of(now))
    with transaction.atomic():
        test = BackTest.objects.create(
            pack=pack.id, title=pack.title[:200], version=pack.version[:40], text=text,
            sha256=hashlib.sha256(text.encode()).hexdigest(), since=since, until=until,
            total=supervised().count(), started_by=actor, created_at=now, due_at=now + LEASE,
        )  # fmt: skip
        after = {"pack": pack.id, "version": pack.version, "sha256": test.sha256}
        audit.record(actor, "backtest.begun", test, after=after, now=now)
    return test


def _read(content: bytes) -> tuple[str, Pack]:
    if len(content) > LARGEST_PACK:
        raise Refused(_("规则文件不应超过 64 KB。"), field="file")
    try:
        text = content.decode("utf-8-sig")
        return text, parse(text)
    except UnicodeDecodeError as error:
        raise Refused(_("文件读不出来，请用 UTF-8 编码保存。"), field="file") from error
    except BadPack as error:
        raise Refused(str(error), field="file") from error


def stop_backtest(test: BackTest, *, actor: Staff, now: datetime) -> None:
    """Ask whoever works at it to stop; what waits stops at once. Nothing when it has ended."""
    ensure_may_everywhere(actor, Permission.EDIT_RULES)
    with transaction.atomic():
        rows = BackTest.objects.filter(pk=test.pk)
        asked = rows.filter(status=Status.RUNNING).update(stop_requested_at=now)
        asked += rows.filter(status=Status.WAITING).update(
            status=Status.STOPPED, stop_requested_at=now, finished_at=now
        )
        if asked:
            audit.record(actor, "backtest.stopped", test, now=now)


def adopt_pack(test: BackTest, *, reason: str, actor: Staff, now: datetime) -> None:
    """Let the tried pack hold from the next evaluation on. Raises `Refused`.

    What was tried is what holds: the text of the test. It is tried to the end first.
    """
    ensure_may_everywhere(actor, Permission.EDIT_RULES)
    if len(reason.strip()) < 4:
        raise Refused(_("请写明理由，至少 4 个字。"), field="reason")
    with transaction.atomic():
        row = BackTest.objects.select_for_update().get(pk=test.pk)
        if row.status != Status.DONE:
            raise Refused(_("回测还没有完成，请看过差异再启用。"))
        if row.adopted_at is not None:
            raise Refused(_("这份规则已经启用。"))
        before = library().named(row.pack)
        row.adopted_at, row.adopted_by = now, actor
        row.save(update_fields=["adopted_at", "adopted_by"])
        audit.record(
            actor, "pack.adopted", row, now=now, reason=reason,
            before={"version": before.version if before else ""},
            after={"pack": row.pack, "version": row.version, "sha256": row.sha256},
        )  # fmt: skip
        try:  # last, so that a file is there only with its audit
            own.put(row.pack, row.text)
        except OSError as error:
            raise Refused(_("规则文件写不进去，请联系系统管理员检查磁盘。")) from error


def withdraw_pack(pack_id: str, *, reason: str, actor: Staff, now: datetime) -> None:
    """Take an own pack away; a shipped one in whose place it stood holds again. The file is kept aside.
    Raises `NotFound` when there is none, `Refused` without a reason."""
    ensure_may_everywhere(actor, Permission.EDIT_RULES)
    if own.file_of(pack_id) is None:
        raise NotFound
    if len(reason.strip()) < 4:
        raise Refused(_("请写明理由，至少 4 个字。"), field="reason")
    found = library().named(pack_id)
    with transaction.atomic():
        audit.record(
            actor, "pack.withdrawn", pack_id, now=now, reason=reason,
            before={"version": found.version if found else ""},
        )  # fmt: skip
        try:
            own.take_away(pack_id, now=now)
        except OSError as error:
            raise Refused(_("规则文件移不走，请联系系统管理员检查磁盘。")) from error


# The work ----------------------------------------------------------------------------------------


def claim_backtest(test_id: int, *, token: str, now: datetime) -> BackTest | None:
    """Take a test that nobody holds, or whose holder has not been heard of; None otherwise."""
    if not jobs.claim(BackTest, test_id, token=token, now=now):
        return None
    return BackTest.objects.select_related("started_by").get(pk=test_id)


def advance_backtest(
    test: BackTest,
    found: Sequence[tuple[int, Difference]],
    *,
    reached: int,
    done: int,
    bound: int,
    token: str,
    now: datetime,
) -> bool:
    """Keep what some accounts gave, as (account, difference); False when it is to stop. Progress and
    differences are one transaction."""
    with transaction.atomic():
        held = jobs.held(test, token).update(
            reached=reached, done=F("done") + done, bound=F("bound") + bound, due_at=now + LEASE
        )
        if not held:
            raise ClaimLost
        BackTestDifference.objects.bulk_create(
            BackTestDifference(
                test=test, account_id=account, change=each.change.value, first_on=each.first_on,
                last_on=each.last_on, more=each.more, less=each.less, other=each.other,
                before=each.before, after=each.after,
            )
            for account, each in found
        )  # fmt: skip
    test.refresh_from_db()
    return test.stop_requested_at is None


def end_backtest(test: BackTest, status: str, *, note: str = "", token: str, now: datetime) -> None:
    """The holder lays the test down. Raises `ClaimLost` when it is no longer hers."""
    with transaction.atomic():
        ended = jobs.held(test, token).update(
            status=status, claimed_by="", finished_at=now, note=note[:300]
        )
        if not ended:
            raise ClaimLost
        after = {"status": str(status), "accounts": test.done}
        audit.record(test.started_by, "backtest.ended", test, after=after, now=now)
    test.refresh_from_db()


def release_stalled_backtests(*, now: datetime) -> list[int]:
    """The tests that should be moving and that nobody has been heard of at: free from now on."""
    return jobs.release_stalled(BackTest, [Status.WAITING, Status.RUNNING], now=now)
