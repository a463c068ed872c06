"""Trying a new rule on the past, in workers: reads accounts, judges, keeps the differences."""

import logging
from collections.abc import Callable, Sequence
from datetime import date, datetime

from django.conf import settings
from django.db import DatabaseError
from django.utils import timezone, translation
from django.utils.crypto import get_random_string
from django.utils.translation import gettext as _
from django_tasks import task

from minxin.accounts.models import Account
from minxin.core.jobs import ClaimLost
from minxin.supervision.actions import backtests as actions
from minxin.supervision.indicators import Indicator, indicator_named
from minxin.supervision.models import BackTest
from minxin.supervision.packs import Library, library, parse
from minxin.supervision.packs.reading import BadPack
from minxin.supervision.queries.updates import (
    WINDOW,
    Known,
    bound_of,
    known_of,
    looked_of,
    seen_of,
    subject_of,
    supervised,
)
from minxin.supervision.rules.backtests import (
    Difference,
    compare,
    compare_hits,
    days_between,
    replay,
)
from minxin.supervision.rules.clock import Rule, day_of, midnight
from minxin.supervision.rules.packs import Bound, Pack, applicable
from minxin.supervision.rules.rulings import rule_of

log = logging.getLogger("minxin.supervision")
CHUNK = 10
Status = BackTest.Status


@task()
def work_backtest(test_id: int) -> None:
    """The task queue's way in."""
    work(test_id)


def wake(test: BackTest) -> None:
    """Tell a worker that a test waits; when that is lost, `wake_stalled` tells again."""
    work_backtest.enqueue(test.pk)


def wake_stalled(*, now: datetime) -> int:
    """Wake every test that should be moving and is not; how many."""
    found = actions.release_stalled_backtests(now=now)
    for number in found:
        work_backtest.enqueue(number)
    return len(found)


def work(test_id: int, *, clock: Callable[[], datetime] = timezone.now) -> None:
    """Go on with a test as far as it goes; nothing when somebody else has it."""
    token = get_random_string(16)
    test = actions.claim_backtest(test_id, token=token, now=clock())
    if test is None:
        return
    with translation.override(test.started_by.language or settings.LANGUAGE_CODE):
        try:
            _work(test, token, clock)
        except ClaimLost:
            log.info("back-test %s was taken over or ended by somebody else", test.pk)
        except DatabaseError:
            raise  # the claim runs out, and the test is woken again
        except Exception as error:
            log.exception("back-test %s", test.pk)
            note = str(error) if isinstance(error, BadPack) else _("回测时程序出错，没有做完。")
            actions.end_backtest(test, Status.FAILED, note=note, token=token, now=clock())


def _work(test: BackTest, token: str, clock: Callable[[], datetime]) -> None:
    trial = Trial(library(), parse(test.text), test.since, test.until)
    status = Status.DONE
    while True:
        chunk = list(supervised().filter(pk__gt=test.reached)[:CHUNK])
        if not chunk:
            break
        now = clock()
        bound, found = trial.differences(chunk, now=now)
        goes_on = actions.advance_backtest(
            test, found, reached=chunk[-1].pk, done=len(chunk), bound=bound, token=token, now=now
        )
        if not goes_on:
            status = Status.STOPPED
            break
    actions.end_backtest(test, status, token=token, now=clock())


class Trial:
    """A new pack beside the library that holds now, over the days from `since` to `until`."""

    def __init__(self, present: Library, pack: Pack, since: date, until: date) -> None:
        self._present, self._pack = present, pack
        self._tried = present.with_trial(pack)
        self._days = days_between(since, until)
        self._indicator: Indicator = indicator_named(pack.indicator)

    def differences(
        self, accounts: Sequence[Account], *, now: datetime
    ) -> tuple[int, list[tuple[int, Difference]]]:
        """How many of these accounts the pack binds, and (account, difference) of those it changes
        something for."""
        touched = [each for each in accounts if self._touches(bound_of(each))]
        # What lay before the stretch decides its first days; no item may be missing in it.
        window = now - midnight(self._days[0]) + WINDOW
        known = known_of(touched, self._present, now=now, window=window, most=None)
        found = ((number, self._difference(each, now)) for number, each in known.items())
        bound = sum(self._binds(bound_of(each)) for each in touched)
        return bound, [(number, each) for number, each in found if each is not None]

    def _binds(self, bound: Bound) -> bool:
        return self._pack.id in {each.id for each in self._of(self._tried, bound, self._days[-1])}

    def _touches(self, bound: Bound) -> bool:
        """Whether anything can differ: other packs hold on some day."""
        return any(
            self._of(self._present, bound, day) != self._of(self._tried, bound, day)
            for day in (self._days[0], self._days[-1])
        )

    def _of(self, packs: Library, bound: Bound, day: date) -> tuple[Pack, ...]:
        return applicable(packs.of(self._pack.indicator), bound, on=day)

    def _difference(self, known: Known, now: datetime) -> Difference | None:
        if not self._indicator.counts_days:
            hits = [self._is_hit(known, packs, now) for packs in (self._present, self._tried)]
            return compare_hits(day_of(now), before=hits[0], after=hits[1])
        seen = [seen_of(each) for each in known.traces]
        looked = [looked_of(each) for each in known.looks if each.since < each.until]
        levels = [
            replay(seen, looked, _ruling(packs, bound_of(known.account)), self._days, now=now)
            for packs in (self._present, self._tried)
        ]
        return compare(self._days, levels[0], levels[1])

    def _is_hit(self, known: Known, packs: Library, now: datetime) -> bool:
        subject = subject_of(known)
        held = self._of(packs, subject.bound, day_of(now))
        weighed = self._indicator.weighed(held)
        return any(self._indicator.judge(subject, pack) is not None for pack in weighed)


def _ruling(packs: Library, bound: Bound) -> Callable[[date], Rule | None]:
    def rule_on(day: date) -> Rule | None:
        stale = applicable(packs.of("update.stale"), bound, on=day)
        return rule_of(stale, applicable(packs.of("account.zombie"), bound, on=day))

    return rule_on
