"""The router learns from the city's own history, is compared, adopted by a person, and taken back."""

import random
from collections.abc import Sequence
from datetime import datetime, timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from hypothesis import given
from hypothesis import strategies as st

from minxin.agencies.models import AuditEntry
from minxin.core.errors import NotFound, Refused
from minxin.text import likeness, shingles
from minxin.tickets import router_training as training
from minxin.tickets.actions import router as actions
from minxin.tickets.actions.routing import route_waiting
from minxin.tickets.models import Correction, Dispatch, RouterModel, Ticket
from minxin.tickets.queries import router as models
from minxin.tickets.queries import routing as queries
from tests.support.city import City
from tests.tickets.test_routing import filed

WATER = ("水管爆裂漏水", "家里停水三天", "自来水发黄有味", "水压太低上不了楼", "水表不转要换")
POLICE = ("广场舞噪声扰民", "邻居深夜打架", "电动车被偷了", "路口信号灯不亮", "有人酒后闹事")
STREETS = "东桥西桥南门北门河滨花园工业新村老街中山解放人民建设和平胜利光明"


def past(city: City, now: datetime, *, each: int = 30, seed: int = 1) -> None:
    """Closed tickets of the water bureau and the police, all different."""
    draw = random.Random(seed)
    rows = []
    for at in range(2 * each):
        words, agency = ((WATER, city.water), (POLICE, city.police))[at % 2]
        street = "".join(draw.sample(STREETS, 8))
        text = f"{street}这边{draw.choice(words)}，{''.join(draw.sample(STREETS, 14))}，请尽快处理"
        rows.append(
            Ticket(
                number=f"T{seed}-{at}", key=f"past-{seed}-{at}", account=city.account, agency=agency,
                text=text, status="closed", source="portal", filed_at=now - timedelta(days=at % 40),
                promised_at=now, due_at=now,
            )
        )  # fmt: skip
    Ticket.objects.bulk_create(rows)


def made(city: City, now: datetime) -> RouterModel:
    row = actions.begin_training(actor=city.administrator, now=now)
    training.work(row.pk, clock=lambda: now)
    row.refresh_from_db()
    return row


@pytest.fixture(autouse=True)
def home(tmp_path: Path, settings: object) -> Path:
    settings.MINXIN_HOME = tmp_path  # type: ignore[attr-defined]
    return tmp_path


def test_it_learns_is_adopted_and_proposes(city: City, now: datetime) -> None:
    past(city, now)
    row = made(city, now)
    assert (row.status, row.examples) == ("ready", 60), row.note
    table = {each["name"]: each for each in row.report["table"]}
    assert set(table) == {"without", "new"}
    assert table["new"]["accuracy"] > 0.8 > table["without"]["accuracy"]
    assert models.adopted_router() is None
    for who in (city.wang, city.operator):
        with pytest.raises(NotFound):
            actions.adopt_router(row, reason="对比过了", actor=who, now=now)
    actions.adopt_router(row, reason="对比过了", actor=city.administrator, now=now)
    ticket = filed(city, now, "东门小区水管爆裂漏水，快来修")
    assert Dispatch.objects.get(ticket=ticket).status == "waiting"
    route_waiting(now=now)
    kept = Dispatch.objects.get(ticket=ticket)
    best = kept.proposals[0]
    assert (best["agency"], best["source"], kept.has_model) == (city.water.pk, "model", True)
    assert 0.5 < best["confidence"] <= 1
    assert best["words"]
    second = made(city, now + timedelta(days=1))
    assert [each["name"] for each in second.report["table"]] == ["without", "former", "new"]
    actions.adopt_router(second, reason="再次训练", actor=city.administrator, now=now)
    row.refresh_from_db()
    assert row.status == "former"
    actions.adopt_router(row, reason="换回原来的", actor=city.administrator, now=now)
    assert models.adopted_router() == row
    assert AuditEntry.objects.filter(verb="router.adopted").count() == 3
    models.file_of(row.pk).write_bytes(b"damaged")
    proposed = queries.proposed_for(ticket, queries.standing(now=now))
    assert not proposed.has_model
    assert "损坏" in proposed.caveat
    actions.stop_using_router(reason="文件坏了", actor=city.administrator, now=now)
    assert models.adopted_router() is None


def test_it_says_when_it_has_too_little(city: City, now: datetime) -> None:
    past(city, now, each=7)
    row = made(city, now)
    assert row.status == "too_little"
    assert "各有 20 件" in row.note
    missing = {each["agency"]: each["missing"] for each in row.report["agencies"]}
    assert missing == {"云溪市水务局": 13, "云溪市公安局": 13}
    assert not models.file_of(row.pk).exists()
    with pytest.raises(Refused, match="不能采用"):
        actions.adopt_router(row, reason="试试看吧", actor=city.administrator, now=now)


def test_what_is_protected_teaches_nothing(city: City, now: datetime) -> None:
    past(city, now, each=3)
    all_of_them = set(Ticket.objects.values_list("pk", flat=True))
    assert set(training.teaching().values_list("pk", flat=True)) == all_of_them
    ticket = Ticket.objects.first()
    assert ticket is not None
    for change in (
        {"is_confidential": True}, {"nature": "report"}, {"status": "withdrawn"},
        {"status": "disputed"}, {"status": "declined"}, {"merged_into": Ticket.objects.last()},
    ):  # fmt: skip
        before = Ticket.objects.filter(pk=ticket.pk).values(*change).get()
        Ticket.objects.filter(pk=ticket.pk).update(**change)
        assert ticket.pk not in training.teaching().values_list("pk", flat=True), change
        Ticket.objects.filter(pk=ticket.pk).update(**before)


def test_a_choice_teaches_and_is_erased_with_its_ticket(city: City, now: datetime) -> None:
    ticket = filed(city, now, "东桥路口的水管爆了")
    assert not training.teaching().exists()
    Correction.objects.create(
        ticket=ticket, at=now, staff=city.wang, how="assigned", chosen=city.water
    )
    assert [each.text for each in training.history()] == [ticket.text]
    assert Ticket._meta.get_field("corrections").on_delete.__name__ == "CASCADE"
    assert Ticket._meta.get_field("dispatch").on_delete.__name__ == "CASCADE"


@given(st.lists(st.text(alphabet=STREETS, min_size=4, max_size=12), max_size=12))
def test_texts_that_are_nearly_the_same_are_one_group(texts: Sequence[str]) -> None:
    groups = training.grouped(list(texts) + list(texts))
    half = len(texts)
    for at in range(half):
        assert groups[at] == groups[at + half] or not shingles(texts[at])
    for one in range(half):
        for other in range(half):
            if groups[one] != groups[other]:
                assert likeness(shingles(texts[one]), shingles(texts[other])) < 0.9


def test_one_training_at_a_time_and_a_dead_workers_is_taken_up(
    city: City,
    now: datetime,
) -> None:
    past(city, now, each=3)
    row = actions.begin_training(actor=city.administrator, now=now)
    with pytest.raises(Refused, match="已经有一次"):
        actions.begin_training(actor=city.administrator, now=now)
    assert actions.claim_training(row.pk, token="dead", now=now) is not None
    training.work(row.pk, clock=lambda: now)
    row.refresh_from_db()
    assert row.status == "running"
    later = now + timedelta(hours=1)
    training.work(row.pk, clock=lambda: later)
    row.refresh_from_db()
    assert (row.status, row.interruptions) == ("too_little", 1)


def test_the_command_prints_the_table_and_adopts_in_a_persons_name(
    city: City,
    now: datetime,
    tmp_path: Path,
) -> None:
    past(city, now)
    told = StringIO()
    call_command("retrain_router", stdout=told)
    assert "新模型" in told.getvalue()
    assert "没有启用" in told.getvalue()
    assert models.adopted_router() is None
    with pytest.raises(CommandError, match="写明是谁"):
        call_command("retrain_router", "--adopt", stdout=StringIO())
    with pytest.raises(CommandError):
        call_command(
            "retrain_router",
            "--adopt",
            "--by",
            "wangfang",
            "--reason",
            "训练好了",
            stdout=StringIO(),
        )
    sheet = tmp_path / "labelled.csv"
    sheet.write_text(
        "label,segmented_text,near_dup_group\n"
        + "".join(f"水务,停 水 了 第{at}次,{at}\n" for at in range(5))
        + "没有的,随 便,99\n",
        encoding="utf-8",
    )
    type(city.water).objects.filter(pk=city.water.pk).update(short_name="水务")
    told = StringIO()
    call_command(
        "retrain_router", "--data", str(sheet), "--adopt", "--by", "liuwei", "--reason", "训练好了",
        stdout=told,
    )  # fmt: skip
    assert "没有对应的单位，没有用上：没有的 1 件" in told.getvalue()
    adopted = models.adopted_router()
    assert adopted is not None
    assert (adopted.adopted_by, adopted.has_data, adopted.examples) == (
        city.administrator,
        True,
        65,
    )
    with pytest.raises(CommandError, match="读不了"):
        call_command("retrain_router", "--data", str(tmp_path / "none.csv"), stdout=StringIO())
