"""What is read of documents: by staff, by indexes, by citizens."""

from datetime import date, datetime

import pytest
from django.db import IntegrityError, transaction

from minxin.agencies.rules import Permission
from minxin.core.errors import NotFound
from minxin.knowledge import queries
from minxin.knowledge.models import Document, Passage
from minxin.knowledge.rules import Span
from tests.knowledge.conftest import Editors
from tests.knowledge.papers import paper
from tests.support.city import City

ON = date(2026, 11, 26)


def test_who_edits_elsewhere_does_not_see_it(city: City, editors: Editors, now: datetime) -> None:
    document = paper(city.police, "云溪市居民身份证办理规定", now=now)
    assert list(queries.documents_visible_to(editors.li)) == [document]
    assert list(queries.documents_visible_to(editors.gao)) == []
    with pytest.raises(NotFound):
        queries.document_for(editors.gao, Permission.EDIT_KNOWLEDGE, document.pk)


def test_an_index_gets_what_is_published_with_its_days_and_words(city: City, now: datetime) -> None:
    new = paper(city.police, "养犬规定", now=now, effective_on=date(2026, 12, 1))
    old = paper(city.police, "养犬规定", now=now, effective_on=date(2020, 1, 1), superseded_by=new)
    paper(city.police, "还没有发布的规定", now=now, status="draft")
    found = list(queries.indexed_passages())
    assert [(each.document_id, each.position) for each in found] == [
        (new.pk, 2), (new.pk, 3), (new.pk, 4), (old.pk, 2), (old.pk, 3), (old.pk, 4),
    ]  # fmt: skip
    item = found[1]
    assert (item.kind, item.lead, item.citation) == (
        "item",
        "申请补办需要下列材料：",
        "《养犬规定》第一条第一款第一项",
    )
    assert found[0].valid == Span(date(2026, 12, 1), None)
    assert found[3].valid == Span(date(2020, 1, 1), date(2026, 11, 30))
    assert {each.document_id for each in queries.indexed_passages([old.pk, 404])} == {old.pk}


def test_a_draft_is_nobodys_to_read(city: City, now: datetime) -> None:
    draft = paper(city.police, "养犬规定", now=now, status="draft")
    assert queries.public_document(draft.pk, ON) is None
    assert not list(queries.indexed_passages([draft.pk]))


def test_a_page_tells_its_standing_and_the_newer_version(city: City, now: datetime) -> None:
    new = paper(city.police, "养犬规定", now=now, effective_on=date(2026, 12, 1))
    old = paper(city.police, "养犬规定", now=now, superseded_by=new)
    shown = queries.public_document(old.pk, ON)
    assert shown is not None
    assert (shown.standing, shown.newer_id) == ("current", new.pk)
    assert [each.citation for each in shown.passages][-1] == "《养犬规定》第一条第二款"
    coming = queries.public_document(new.pk, ON)
    assert coming is not None
    assert coming.standing == "not_yet"
    after = queries.public_document(old.pk, date(2026, 12, 1))
    assert after is not None
    assert after.standing == "ended"
    assert queries.former_versions_of(new) == [old]


def test_the_table_refuses_what_must_not_be(city: City, now: datetime) -> None:
    document = paper(city.police, "养犬规定", now=now)
    with pytest.raises(IntegrityError), transaction.atomic():
        paper(city.police, "同一份文件", now=now, sha256=document.sha256)
    with pytest.raises(IntegrityError), transaction.atomic():
        paper(city.police, "没有发布机关", now=now, issuing_agency="")
    with pytest.raises(IntegrityError), transaction.atomic():
        Document.objects.filter(pk=document.pk).update(superseded_by=document.pk)
    with pytest.raises(IntegrityError), transaction.atomic():
        Passage.objects.create(document=document, position=3, kind="item", text="又一项")
