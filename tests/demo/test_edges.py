"""What a city sees seldom has rows to show, made by actions; and loading it twice changes nothing."""

import json
import re
from datetime import datetime
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.utils import timezone

from minxin.agencies.models import AuditEntry, Staff
from minxin.conversations.models import SavedReply, Tag
from minxin.demo import loading, sheets
from minxin.demo.dispatching import set_up_dispatching
from minxin.demo.edges import play_edges
from minxin.demo.handing import hand_a_district_over, play_handed_over
from minxin.demo.history import play_history
from minxin.knowledge.models import Document, SynonymSet
from minxin.tickets import queries
from minxin.tickets.models import (
    HandoverDifference,
    MaliciousMark,
    Survey,
    Ticket,
    TicketWebhook,
    WebhookDelivery,
    WrongdoingReport,
)
from minxin.tickets.queries.survey import heard_in
from minxin.tickets.queries.webhooks import deliveries_of
from minxin.tickets.rules.survey import FEWEST, quarter_of, to_tell

_NUMBERS = re.compile(r"\d{3,4}-\d{5,8}|(?<!\d)1[3-9]\d{9}(?!\d)|(?<!\d)\d{17}[\dXx](?!\d)")


@pytest.fixture
def city(db: None, now: datetime, settings: LazySettings, tmp_path: Path) -> datetime:
    settings.MINXIN_HOME = tmp_path
    loading.load_divisions(now)
    loading.load_agencies(now)
    loading.load_staff(now)
    loading.load_accounts(now)
    loading.load_settings(now)
    play_history(now)
    set_up_dispatching(now)
    hand_a_district_over(now)
    assert play_edges(now).startswith("12 份独立回访，4 件政策文件，3 组同义词")
    return now


def test_every_edge_has_rows(city: datetime) -> None:
    _malicious_stands_at_every_step()
    _surveys_are_told(city)
    _what_is_reported_is_read_by_one_role_alone()
    _webhooks_have_what_to_tell()
    _documents_and_words_stand()
    _tickets_lie_close_together()
    verbs = set(AuditEntry.objects.values_list("verb", flat=True))
    assert {
        "ticket.malicious_proposed", "ticket.ended", "ticket.restored", "ticket.surveyed",
        "wrongdoing.passed_on", "ticket_webhook.kept", "policy_document.published", "synonyms.added",
    } <= verbs  # fmt: skip


def _malicious_stands_at_every_step() -> None:
    rows = MaliciousMark.objects.order_by("ticket")
    assert [each.status for each in rows] == ["proposed", "holds", "lifted"]
    gao = Staff.objects.get(username="gaojie")
    assert queries.malicious_to_decide(gao).count() == 2
    holds = rows[1]
    assert holds.appealed_at is not None
    assert not holds.outcome
    assert len({rows[2].proposed_by_id, rows[2].decided_by_id, rows[2].appeal_decided_by_id}) == 3


def _surveys_are_told(now: datetime) -> None:
    row = Survey.objects.earliest("asked_at")
    quarter = quarter_of(timezone.localdate(row.asked_at))
    assert quarter.is_over(timezone.localdate(now))
    lead = Staff.objects.get(username="huangwei")
    heard = heard_in(lead, quarter)
    assert len(heard) == 2
    for each in heard.values():
        assert to_tell(each, dict.fromkeys(("satisfied", "very_satisfied"), 1.0)).answered >= FEWEST


def _what_is_reported_is_read_by_one_role_alone() -> None:
    assert set(WrongdoingReport.objects.values_list("status", flat=True)) == {
        "received", "passed_on",
    }  # fmt: skip
    for username, many in (("luoyan", 2), ("liuyang", 0), ("huangwei", 0)):
        person = Staff.objects.get(username=username)
        assert queries.wrongdoing_visible_to(person).count() == many
    said = json.dumps(list(AuditEntry.objects.values("after", "reason")), ensure_ascii=False)
    assert "好处费" not in said


def _webhooks_have_what_to_tell() -> None:
    hearing, paused = TicketWebhook.objects.order_by("id")
    liuyang = Staff.objects.get(username="liuyang")
    assert deliveries_of(liuyang, hearing.pk).filter(kind="test").exists()
    assert (hearing.is_paused, paused.is_paused) == (False, True)
    assert not WebhookDelivery.objects.filter(status="done").exists()  # nobody was called


def _documents_and_words_stand() -> None:
    assert set(Document.objects.values_list("status", flat=True)) == {"draft", "published"}
    old, new = Document.objects.filter(title="云溪市养犬管理办法").order_by("effective_on")
    assert old.superseded_by == new
    assert SynonymSet.objects.count() == 3
    assert SavedReply.objects.count() == 3
    assert Tag.objects.count() == 2


def _tickets_lie_close_together() -> None:
    lead = Staff.objects.get(username="huangwei")
    ticket = Ticket.objects.filter(latitude__isnull=False, place="青禾路").latest("pk")
    assert ticket.latitude is not None
    assert ticket.longitude is not None
    at = (ticket.latitude, ticket.longitude)
    assert len(queries.tickets_near(lead, at, metres=1000, besides=ticket)) >= 2


@pytest.mark.usefixtures("city")
def test_the_lists_of_both_sides_differ_once(now: datetime) -> None:
    assert play_handed_over(now) == 1
    row = HandoverDifference.objects.get()
    assert (row.kind, row.ticket) == ("missing_here", None)
    states = Ticket.objects.filter(handed_over_at__isnull=False).values_list("status", flat=True)
    assert sorted(states) == ["answered", "assigned"] or "answered" in states


def test_numbers_in_its_scripts_belong_to_nobody() -> None:
    for name in ("survey", "documents"):
        words = json.dumps(sheets.script(name), ensure_ascii=False)
        for number in _NUMBERS.findall(words):
            assert number.startswith("0999-"), number
