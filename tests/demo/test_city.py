"""The fictional city is whole, consistent, and harmless."""

import re
from collections import Counter
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.db.models import F

from minxin.accounts.filing_presets import presets
from minxin.accounts.models import Account, LifecycleFiling
from minxin.accounts.queries.lifecycle import to_review_for
from minxin.agencies.models import Agency, Membership, Role, Staff
from minxin.agencies.rules import CONFLICTS
from minxin.demo import loading, sheets
from minxin.demo.duties import play_duties
from minxin.demo.filings import play_filings
from minxin.demo.findings import play_findings
from minxin.demo.inspections import play_last_quarter, play_this_quarter
from minxin.demo.lookback import play_lookback
from minxin.demo.notices import play_quarter
from minxin.demo.updates import play_updates
from minxin.knowledge.index import LiveIndex
from minxin.knowledge.models import Entry
from minxin.reports.models import CountedRow, Document
from minxin.supervision import queries
from minxin.supervision.models import (
    Campaign,
    Candidate,
    Evaluation,
    Finding,
    Hit,
    RelayTask,
)
from minxin.supervision.queries.campaigns import results
from minxin.supervision.queries.duties import suggestions_of
from minxin.supervision.queries.populations import orphans_of
from minxin.supervision.rules.clock import Level
from minxin.text import normal
from minxin.tickets.models import Nature
from minxin.tickets.rules import guess_nature, matching

ENTRIES = sheets.rows("knowledge")
# The fictional area code, and the numbers everybody knows.
_NUMBERS = re.compile(r"\d{3,4}-\d{5,8}|(?<!\d)1[3-9]\d{9}(?!\d)|(?<!\d)\d{17}[\dXx](?!\d)")


def test_there_is_enough_of_everything() -> None:
    agencies = sheets.rows("agencies")
    assert len(agencies) >= 40
    assert len(sheets.rows("accounts")) >= 60
    assert len(ENTRIES) >= 300
    assert len(sheets.script("conversations")) >= 60
    assert len(sheets.script("journeys")) >= 8
    parents = {row["code"]: row["parent"] for row in agencies}
    depth = {code: 1 + bool(up) + bool(parents.get(up)) for code, up in parents.items()}
    assert set(depth.values()) == {1, 2, 3}


def test_every_answer_names_its_source_and_its_keeper() -> None:
    agencies = {row["code"] for row in sheets.rows("agencies")}
    for row in ENTRIES:
        for column in ("标准问题", "其他问法", "答案", "来源标题", "文号", "发布机关", "生效日期"):
            assert row[column], (row["编号"], column)
        assert row["维护单位"] in agencies, row["编号"]
        assert row["来源链接"].startswith("https://www.yunxi.example/"), row["编号"]


def test_nothing_is_asked_twice() -> None:
    codes = Counter(row["编号"] for row in ENTRIES)
    assert [code for code, count in codes.items() if count > 1] == []
    asked = Counter(normal(row["标准问题"]).strip("？?。 ") for row in ENTRIES)
    assert [question for question, count in asked.items() if count > 1] == []


def test_words_fit_an_office_and_numbers_belong_to_nobody() -> None:
    for name in ("knowledge", "accounts", "agencies", "staff"):
        for row in sheets.rows(name):
            words = " ".join(value or "" for value in row.values())
            assert "政务微信" not in words, row
            assert "！" not in words, row
            for number in _NUMBERS.findall(words):
                assert number.startswith("0999-"), (row, number)


def test_what_has_expired_is_marked_by_its_dates() -> None:
    ends = [row for row in ENTRIES if row["失效日期"]]
    assert len(ends) >= 3
    for row in ends:
        assert date.fromisoformat(row["生效日期"]) < date.fromisoformat(row["失效日期"]), row[
            "编号"
        ]


@pytest.fixture
def city(db: None, now: datetime) -> None:
    loading.load_agencies(now)
    loading.load_staff(now)
    loading.load_knowledge(now)


@pytest.mark.usefixtures("city")
def test_every_level_of_the_update_clock_can_be_seen(now: datetime) -> None:
    loading.load_accounts(now - timedelta(days=2))
    connected = loading.main_accounts()
    play_updates(now)
    shown = dict(Evaluation.objects.filter(is_latest=True).values_list("account", "level"))
    assert set(shown.values()) == {level.value for level in Level}
    assert {shown[each.pk] for each in connected} == {"unknown"}  # until WeChat tells of them
    changed = Evaluation.objects.filter(is_latest=True).exclude(before=F("level"))
    assert changed.count() >= 3
    assert Candidate.objects.filter(status="open", indicator="update.stale").count() >= 3


@pytest.mark.usefixtures("city")
def test_findings_stand_at_every_place_a_person_would_look(
    now: datetime, settings: LazySettings, tmp_path: Path
) -> None:
    settings.MEDIA_ROOT = tmp_path
    loading.load_accounts(now - timedelta(days=2))
    assert play_findings(now) == len(sheets.script("findings"))
    assert set(Finding.objects.values_list("state", flat=True)) == {
        "open", "notified", "signed", "answered", "disputed", "closed", "withdrawn",
    }  # fmt: skip
    assert queries.overdue(Finding.objects.all(), now=now).exists()
    assert Finding.objects.exclude(extension_until=None).exists()
    lujia = Staff.objects.get(username="lujia")
    names = {each.account.name for each in queries.to_rectify(lujia)}
    assert names == {"云溪文旅"}


@pytest.mark.usefixtures("city")
def test_filings_stand_at_several_places_of_their_way(
    now: datetime, settings: LazySettings, tmp_path: Path
) -> None:
    settings.MINXIN_HOME = tmp_path
    loading.load_accounts(now - timedelta(days=50))
    assert not LifecycleFiling.objects.exists()  # the city's accounts have long been running
    assert play_filings(now) == len(sheets.script("filings"))
    assert set(LifecycleFiling.objects.values_list("kind", "step")) == {
        ("close", "report"), ("close", "done"), ("cancel", "approve"), ("change", "sign"),
        ("open", "approve"),
    }  # fmt: skip
    announced = LifecycleFiling.objects.get(step="report")
    assert announced.due_rule["id"] == "yunxi-demo"
    assert announced.due_on
    assert announced.account.status == "closing"
    assert to_review_for(Staff.objects.get(username="huangwei")).count() == 2
    assert presets()[1] == ()


@pytest.mark.usefixtures("city")
def test_old_texts_were_looked_through_and_something_waits(
    now: datetime, settings: LazySettings, tmp_path: Path
) -> None:
    settings.MEDIA_ROOT = tmp_path
    loading.load_accounts(now - timedelta(days=2))
    assert play_lookback(now) == len(sheets.script("lookback_lists"))
    states = Counter(Hit.objects.values_list("scan__word_list__kind", "status"))
    assert states == {
        ("agency", "open"): 3, ("agency", "dismissed"): 1, ("repealed", "confirmed"): 1,
        ("privacy", "open"): 1,
    }  # fmt: skip
    assert Finding.objects.get(origin="lookback").account.name == "云溪城管"


@pytest.mark.usefixtures("city")
def test_duties_run_at_various_places_of_their_way(now: datetime) -> None:
    loading.load_accounts(now - timedelta(days=90))
    told: Any = sheets.script("duties")
    assert play_duties(now) == sum(len(told[each]) for each in ("relays", "opinions", "requests"))
    first, second = RelayTask.objects.order_by("pk")
    on_time = first.assignments.filter(done_at__lte=first.due_at)
    late = first.assignments.filter(done_at__gt=first.due_at)
    missing = first.assignments.filter(done_at=None)
    assert (on_time.count(), late.count(), missing.count()) == (2, 1, 2)
    assert second.assignments.exclude(done_at=None).get().account.name == "云溪医保"
    alike = suggestions_of(second, second.assignments.select_related("account"))
    assert sum(map(len, alike.values())) == 1
    found = Counter(
        Candidate.objects.filter(status="open", facts__has_key="keys").values_list(
            "pack", flat=True
        )
    )
    assert found == {
        "proposed-relay": 3, "national-opinion-48h": 1, "national-opinion-24h": 1,
        "national-disclosure-reply": 1,
    }  # fmt: skip


@pytest.mark.usefixtures("city")
def test_duties_are_separated() -> None:
    roles: dict[int, set[str]] = {}
    for staff, role in Membership.objects.values_list("staff_id", "role"):
        roles.setdefault(staff, set()).add(role)
    assert Role.AGENT in set().union(*roles.values())
    for held in roles.values():
        for role in held:
            assert not CONFLICTS.get(Role(role), frozenset()) & held, held


@pytest.mark.usefixtures("city")
def test_every_entry_is_taken_and_loading_again_changes_nothing(now: datetime) -> None:
    assert Entry.objects.count() == len(ENTRIES)
    before = list(Entry.objects.order_by("pk").values_list("pk", "question", "answer"))
    loading.load_knowledge(now)
    assert list(Entry.objects.order_by("pk").values_list("pk", "question", "answer")) == before
    assert Agency.objects.count() == len(sheets.rows("agencies"))


@pytest.mark.usefixtures("city")
def test_every_question_finds_its_own_answer(now: datetime) -> None:
    index = LiveIndex()
    index.build()
    region_of = {row["标准问题"]: row["适用区划"] or "990100" for row in ENTRIES}
    today = now.date()
    wrong: list[str] = []
    silent: list[str] = []
    asked = 0
    for entry in Entry.objects.prefetch_related("variants"):
        if not entry.valid_from or not entry.valid_from <= today:
            continue
        if entry.valid_until and entry.valid_until < today:
            continue
        for question in (entry.question, *(each.text for each in entry.variants.all())):
            asked += 1
            found = index.lookup(question, on=today, region=region_of[entry.question])
            if found.answer is None:
                silent.append(question)
            elif found.answer.entry_id != entry.pk:
                wrong.append(question)
    assert asked > 1000
    assert len(wrong) <= asked * 0.005, wrong
    assert len(silent) <= asked * 0.005, silent


def test_tickets_are_of_every_kind_and_most_have_a_category() -> None:
    """Guessed from the words, as the doors do; nothing is written past them."""
    rows = sheets.script("tickets")
    categories = sheets.rows("categories")
    said = [f"{row.get('opening', '')}：{row['text']}" for row in rows]
    natures = Counter(guess_nature(words) for words in said)
    assert set(natures) == set(Nature.values)
    assert max(natures.values()) < 0.6 * len(rows)
    found = [
        max(categories, key=lambda one, words=words: matching(words, one["keywords"]))["code"]
        for words in said
        if any(matching(words, one["keywords"]) for one in categories)
    ]
    assert len(found) > 0.9 * len(rows)
    assert len(set(found)) >= 12


def test_dates_in_answers_move_with_the_day_on_which_the_city_is_loaded(now: datetime) -> None:
    words = [
        str(part)
        for row in sheets.script("tickets")
        for step in [*row.get("steps", []), *row.get("today", [])]
        for part in step
    ]
    assert not [each for each in words if re.search(r"\d+月\d+日", each)]
    assert [each for each in words if "{day:" in each]


@pytest.mark.usefixtures("city")
def test_one_inspection_is_signed_and_one_runs_with_a_statement_to_decide(
    now: datetime, settings: LazySettings, tmp_path: Path
) -> None:
    settings.MEDIA_ROOT = tmp_path
    loading.load_accounts(now - timedelta(days=50))
    assert play_last_quarter(now) == Campaign.objects.get().inspections.count()
    signed = results(Campaign.objects.get())
    assert signed.is_signed
    assert signed.total.failed == 1
    assert {each.finding_id for each in signed.failing} == set(
        Finding.objects.filter(origin="campaign_check").values_list("pk", flat=True)
    )
    play_this_quarter(now)
    running = Campaign.objects.get(standing="running")
    assert {"waiting", "second", "defended", "settled"} <= set(
        running.inspections.values_list("state", flat=True)
    )
    assert not orphans_of(running)


@pytest.mark.usefixtures("city")
def test_the_report_of_this_quarter_waits_for_its_words(
    now: datetime, settings: LazySettings, tmp_path: Path
) -> None:
    settings.MEDIA_ROOT = tmp_path
    loading.load_accounts(now)
    living = Account.objects.exclude(status="closed").count()
    assert play_quarter(now) == living > 0
    document = Document.objects.get()
    assert (document.kind, document.is_draft, document.created_by.username) == (
        "quarter", True, "huangwei",
    )  # fmt: skip
    rows = CountedRow.objects.filter(document=document, over="accounts", is_before=False)
    assert rows.count() == living
