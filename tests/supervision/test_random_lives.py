"""Random histories through the real actions: only what the table allows happens, and the ledger adds up."""

import random
from datetime import datetime, timedelta

import pytest

from minxin.accounts import actions as accounts
from minxin.accounts.models import Account
from minxin.agencies.models import AuditEntry, Staff
from minxin.core.errors import NotFound, Refused
from minxin.supervision import actions
from minxin.supervision.actions.ledger import VERBS
from minxin.supervision.models import Defence, Feedback, Finding, LedgerStep, NoticeLine
from minxin.supervision.rules.rectification import ENDED, Act, State, replayed
from tests.supervision.conftest import Office
from tests.supervision.rectifying import WORDS, Desk, desk_of, fresh, opened, seen
from tests.supervision.test_rectification_rules import LIFE, UNIT
from tests.support.city import SETUP, City

WHY = "按规定处理"
SUPERVISORS, CLERKS = ("supervisor", "second"), ("clerk", "of_water")
CAST = SUPERVISORS + CLERKS


@pytest.fixture
def desk(office: Office, city: City, now: datetime) -> Desk:
    return desk_of(office, city, now)


def press(desk: Desk, finding: Finding, what: str, who: Staff, now: datetime) -> None:
    given = {"actor": who, "now": now}
    words = {"reason": WHY, **given}
    match what:
        case "moves":
            to = desk.city.water if finding.account.agency == desk.city.police else desk.city.police
            accounts.transfer(finding.account, to, reason=WHY, actor=SETUP, now=now)
        case "closes":
            accounts.close(finding.account, reason=WHY, actor=SETUP, now=now)
        case Act.ISSUE | Act.REISSUE:
            actions.issue_notice([finding], requirement=WORDS, **given)
        case Act.SIGN:
            if finding.notice is None:
                raise NotFound
            actions.sign_notice(finding.notice, **given)
        case Act.ANSWER:
            actions.answer_finding(
                finding, measure="delete", done="已删除这条信息。", done_on=now.date(),
                proof=seen(now), **given,
            )  # fmt: skip
        case Act.DISPUTE:
            actions.dispute(finding, kind="defence", statement=WHY, proof=seen(now), **given)
        case Act.ASK_EXTENSION:
            until = (finding.due_at or now).date() + timedelta(days=5)
            actions.ask_extension(finding, until=until, **words)
        case Act.CLOSE:
            actions.close_finding(finding, proof=seen(now), **words)
        case _:
            plain = {
                Act.APPROVE: actions.pass_review,
                Act.RETURN: actions.return_finding,
                Act.REOPEN: actions.reopen_finding,
                Act.ACCEPT: actions.accept_defence,
                Act.UPHOLD: actions.reject_defence,
                Act.GRANT: actions.grant_extension,
                Act.REFUSE: actions.refuse_extension,
                Act.SETTLE: actions.settle_finding,
            }
            plain[Act(what)](finding, **words)


def written(finding: Finding) -> tuple[object, ...]:
    """All that a refused press must leave as it was."""
    row = Finding.objects.filter(pk=finding.pk).values().get()
    return (
        row, LedgerStep.objects.count(), AuditEntry.objects.count(), Feedback.objects.count(),
        NoticeLine.objects.count(), list(Defence.objects.values_list("status", flat=True)),
    )  # fmt: skip


def audited(finding: Finding) -> list[str]:
    rows = AuditEntry.objects.filter(
        subject_kind="supervision.finding", subject_id=str(finding.pk)
    ).order_by("id")
    return [each.verb for each in rows]


def adds_up(finding: Finding) -> None:
    steps = list(LedgerStep.objects.filter(finding=finding).order_by("position"))
    assert [each.position for each in steps] == list(range(1, len(steps) + 1))
    assert [each.before for each in steps] == ["", *(each.after for each in steps[:-1])]
    assert replayed(Act(each.act) for each in steps) == finding.state == steps[-1].after
    for step in steps[1:]:
        assert (step.before, step.act, step.after) in LIFE
    assert audited(finding) == [VERBS[Act(each.act)] for each in steps]
    count = lambda act: sum(each.act == act for each in steps)  # noqa: E731
    assert count("answer") == Feedback.objects.filter(finding=finding).count()
    assert count("issue") + count("reissue") == NoticeLine.objects.filter(finding=finding).count()
    assert count("dispute") == Defence.objects.filter(finding=finding).count()
    assert (finding.state == "disputed") == Defence.objects.filter(
        finding=finding, status="open"
    ).exists()
    assert (finding.ended_at is not None) == (State(finding.state) in ENDED)
    waits = finding.extension_until is not None
    assert waits == (count("ask_extension") > 0 and steps[-1].act == "ask_extension")


@pytest.mark.django_db
def test_random_presses_by_random_people(desk: Desk, now: datetime) -> None:
    """Twelve lives of up to forty presses, the likely ones more often;
    some accounts are closed on the way. The seed is kept."""
    dice, taken = random.Random(20261126), set()
    for life in range(12):
        finding, at = opened(desk, now), now
        for turn in range(40):
            at += timedelta(hours=dice.choice((0, 0, 1, 5, 24)))
            row = fresh(finding)
            likely = [act for before, act, _after in sorted(LIFE) if before == row.state]
            if row.extension_until:
                likely = ["answer", "grant", "refuse"]
            anything = [*(each.value for each in Act if each is not Act.OPEN), "moves"]
            what = dice.choice(likely if likely and dice.random() < 0.8 else anything)
            side = CLERKS if what in UNIT else SUPERVISORS
            who = dice.choice(side if dice.random() < 0.8 else CAST)
            if life % 4 == 0 and turn == 4:
                what = "closes"
            one_press(desk, finding, what, who, at)
            if fresh(finding).state == "withdrawn":
                break
        taken.update(LedgerStep.objects.filter(finding=finding).values_list("act", flat=True))
        Account.objects.filter(pk=finding.account_id).update(status="active")
    assert taken == {each.value for each in Act}  # every line of the table was walked


def one_press(desk: Desk, finding: Finding, what: str, who: str, at: datetime) -> None:
    before, row = written(finding), fresh(finding)
    person = getattr(desk, who)
    try:
        press(desk, row, what, person, at)
    except (NotFound, Refused):
        assert written(finding) == before
        return
    if what in {"moves", "closes"}:
        return
    last = LedgerStep.objects.filter(finding=finding).latest("position")
    assert (last.by, last.act == what or {last.act, what} == {"issue", "reissue"}) == (person, True)
    assert (what in UNIT) == (person in {desk.clerk, desk.of_water})
    adds_up(fresh(finding))
