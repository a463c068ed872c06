"""Tickets of the city stand at every place a newcomer would look."""

from datetime import datetime
from pathlib import Path

import pytest
from django.conf import LazySettings

from minxin.agencies.models import AuditEntry, Staff
from minxin.demo import loading
from minxin.demo.cases import play_cases
from minxin.demo.dispatching import set_up_dispatching
from minxin.demo.history import play_history
from minxin.tickets import queries
from minxin.tickets.models import (
    BatchAnswer,
    CallBack,
    CoTask,
    Dispatch,
    NonAcceptance,
    OwnershipDecision,
    Publication,
    ReplyInspection,
    Ticket,
)
from minxin.tickets.queries import neighbours, responsibilities, routing, sampling
from minxin.tickets.rules import ledger


@pytest.fixture
def city(db: None, now: datetime, settings: LazySettings, tmp_path: Path) -> datetime:
    settings.MINXIN_HOME = tmp_path
    loading.load_divisions(now)
    loading.load_agencies(now)
    loading.load_staff(now)
    loading.load_accounts(now)
    loading.load_settings(now)
    play_history(now)
    assert set_up_dispatching(now).startswith("6 条派单规则")
    assert play_cases(now) == 14
    return now


def test_tickets_stand_at_every_place_a_newcomer_would_look(city: datetime) -> None:
    _every_page_of_tickets_has_something_to_show()
    _the_list_has_versions_a_draft_and_a_decision_to_be_used()
    _an_inspection_is_under_way_and_two_people_differ()
    _the_sum_of_the_intervals_is_the_time_that_passed(city)
    _what_the_system_dispatched_says_by_which_rule()
    _everything_is_on_record()


def _every_page_of_tickets_has_something_to_show() -> None:
    zhao, wang, fengyu, sujing = (
        Staff.objects.get(username=each) for each in ("zhaoming", "wangfang", "fengyu", "sujing")
    )
    assert queries.replies_in_review(zhao).count() == 1
    assert queries.call_backs_waiting(sujing).count() >= 1
    assert set(Publication.objects.values_list("status", flat=True)) == {"released", "waiting"}
    assert set(CoTask.objects.values_list("status", flat=True)) == {"answered", "assigned"}
    assert routing.to_dispatch(wang).count() >= 3
    assert Ticket.objects.filter(supervision_level=2).exists()
    assert Ticket.objects.filter(is_confidential=True).exists()
    assert NonAcceptance.objects.count() == 1
    assert BatchAnswer.objects.get().status == "done"
    assert queries.co_tasks_visible_to(fengyu).exists()
    lead = Ticket.objects.get(merged__isnull=False)
    assert neighbours.joined_count(lead) == 4
    assert CallBack.objects.filter(status="waiting").exists()


def _the_list_has_versions_a_draft_and_a_decision_to_be_used() -> None:
    draft = responsibilities.draft_list()
    assert draft is not None
    assert responsibilities.changes_of(draft)
    adopted = responsibilities.lists().filter(status="adopted").order_by("effective_on")
    assert adopted.count() == 2
    newest = responsibilities.newest_list()
    assert newest is not None
    assert responsibilities.changes_of(newest)
    decision = OwnershipDecision.objects.get()
    assert (decision.agency.code, decision.disputed_by.code) == ("housing", "urban")
    assert decision.use == "open"


def _an_inspection_is_under_way_and_two_people_differ() -> None:
    made = ReplyInspection.objects.get()
    progress = sampling.progress_of(made)
    assert progress.differing == 1
    assert 0 < progress.second < progress.first < progress.size


def _the_sum_of_the_intervals_is_the_time_that_passed(city: datetime) -> None:
    for ticket in Ticket.objects.all():
        rows = queries.ledger_rows(ticket)
        told = ledger.dispatch_timer(rows, city)
        assert told is not None
        end = rows[-1].at if rows[-1].kind is ledger.Kind.END else city
        assert told.elapsed == end - told.since, ticket.number


def _what_the_system_dispatched_says_by_which_rule() -> None:
    by_rule = Dispatch.objects.filter(source="rule", status="assigned")
    assert by_rule.count() >= 4
    assert all(each.rule_id for each in by_rule)


def _everything_is_on_record() -> None:
    verbs = set(AuditEntry.objects.values_list("verb", flat=True))
    assert {
        "ticket.disputed", "ticket.arbitrated", "ticket.reply_submitted", "ticket.flagged", "ticket.merged",
        "ticket.extension_asked", "ticket.published", "reply_inspection.opened", "routing_rule.kept",
        "responsibilities.adopted",
    } <= verbs  # fmt: skip
