"""A document comes in, is published, replaced and repealed."""

import json
from datetime import date, datetime
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from minxin.agencies.models import AuditEntry
from minxin.core.errors import NotFound, Refused
from minxin.knowledge.actions.documents import (
    DocumentDraft,
    add_document,
    publish_document,
)
from minxin.knowledge.actions.endings import repeal_document
from minxin.knowledge.models import Document, DocumentChange, Passage
from minxin.knowledge.queries import indexed_passages
from minxin.text.documents import passages
from minxin.text.documents.plain import read_plain
from tests.knowledge.conftest import Editors
from tests.support.city import City

TEXT = "云溪市养犬管理办法\n第一条 为了规范养犬行为。\n第二条 下列材料：\n（一）身份证。"


def take(
    city: City, editors: Editors, now: datetime, *, effective_on: date, text: str = TEXT
) -> Document:
    draft = DocumentDraft(
        "云溪市养犬管理办法", issuing_agency="云溪市人民政府", effective_on=effective_on
    )
    document, _ = add_document(
        text.encode(), draft, passages(read_plain(text).blocks),
        agency=city.police, actor=editors.li, now=now,
    )  # fmt: skip
    return document


def test_the_same_file_twice_changes_nothing(city: City, editors: Editors, now: datetime) -> None:
    first = take(city, editors, now, effective_on=date(2020, 1, 1))
    entries = AuditEntry.objects.count()
    assert take(city, editors, now, effective_on=date(2021, 1, 1)) == first
    assert (Document.objects.count(), AuditEntry.objects.count()) == (1, entries)
    assert Passage.objects.count() == 4
    assert list(indexed_passages()) == []  # a draft


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 0, 1), (1, 2, 0), (2, 1, 0)])
def test_a_newer_one_wins_in_whatever_order_they_come(
    city: City, editors: Editors, now: datetime, order: tuple[int, ...]
) -> None:
    days = [date(2015, 1, 1), date(2020, 1, 1), date(2026, 12, 1)]
    made = {
        at: take(city, editors, now, effective_on=days[at], text=f"{TEXT}\n（二）第{at}版。")
        for at in order
    }
    for at in order:
        publish_document(made[at], actor=editors.li, now=now)
    for on, expected in ((date(2016, 1, 1), 0), (date(2026, 11, 26), 1), (date(2027, 1, 1), 2)):
        holding = {each.document_id for each in indexed_passages() if each.valid.holds(on)}
        assert holding == {made[expected].pk}


def test_a_repealed_one_ends_and_indexes_hear_of_it(
    city: City, editors: Editors, now: datetime
) -> None:
    document = take(city, editors, now, effective_on=date(2020, 1, 1))
    publish_document(document, actor=editors.li, now=now)
    told = DocumentChange.objects.count()
    repeal_document(document, date(2026, 3, 1), by="市政府令第9号", actor=editors.li, now=now)
    assert DocumentChange.objects.count() == told + 1
    assert not any(each.valid.holds(date(2026, 3, 1)) for each in indexed_passages())
    assert all(each.valid.holds(date(2026, 2, 28)) for each in indexed_passages())
    assert AuditEntry.objects.order_by("-id")[0].verb == "policy_document.repealed"


def test_who_may_not_changes_nothing(city: City, editors: Editors, now: datetime) -> None:
    document = take(city, editors, now, effective_on=date(2020, 1, 1))
    with pytest.raises((NotFound, Refused)):
        publish_document(document, actor=editors.gao, now=now)
    with pytest.raises((NotFound, Refused)):
        repeal_document(document, date(2026, 1, 1), by="决定", actor=editors.gao, now=now)
    with pytest.raises(Refused):
        repeal_document(document, date(2019, 1, 1), by="决定", actor=editors.li, now=now)
    with pytest.raises(Refused):
        repeal_document(document, date(2026, 1, 1), by=" ", actor=editors.li, now=now)
    document.refresh_from_db()
    assert (document.status, document.repealed_on) == ("draft", None)
    assert DocumentChange.objects.count() == 0


def test_statutes_are_loaded_once(city: City, tmp_path: Path) -> None:
    law = "# 中华人民共和国养犬法\n\n2020年1月2日 第十三届全国人民代表大会常务委员会第一次会议通过\n\n第一条 甲。\n\n第二条 乙。\n\n丙。"
    file = tmp_path / "laws.jsonl"
    rows = [json.dumps({"title": "养犬法", "text": law}), "not json", ""]
    file.write_text("\n".join(rows), encoding="utf-8")
    for expected in ("增加 1 件", "增加 0 件"):
        out, err = StringIO(), StringIO()
        call_command("load_laws", str(file), agency=city.police.code, stdout=out, stderr=err)
        assert expected in out.getvalue()
        assert "第 2 行" in err.getvalue()
    cited = [each.citation for each in indexed_passages() if each.place.article]
    assert cited == [
        "《中华人民共和国养犬法》第一条",
        "《中华人民共和国养犬法》第二条第一款",
        "《中华人民共和国养犬法》第二条第二款",
    ]
    assert Document.objects.get().issuing_agency == "全国人民代表大会常务委员会"
    with pytest.raises(CommandError):
        call_command("load_laws", str(file), agency="nobody")
