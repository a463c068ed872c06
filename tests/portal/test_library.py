"""Policies and questions to leaf through."""

import itertools
from datetime import date, datetime, timedelta

import pytest
from django.utils import timezone

from minxin.knowledge.models import Document, Passage
from minxin.knowledge.queries.library import documents_in_force
from minxin.portal.library import PASSAGES
from tests.knowledge.papers import paper
from tests.portal.test_pages import read, text_of
from tests.support.city import City
from tests.support.entries import entry

pytestmark = pytest.mark.django_db
ON = date(2026, 6, 1)


def test_topics_say_how_much_of_them_holds(city: City, now: datetime) -> None:
    past = timezone.localdate() - timedelta(days=1)
    entry(city.police, "怎样申请居住证", now=now, topic="户籍")
    entry(city.police, "狗证在哪办", now=now)
    entry(city.police, "旧的问题", now=now, topic="户籍", valid_until=past)
    paper(city.police, "居住证办法", now=now, topic="户籍")
    paper(city.police, "旧的办法", now=now, topic="养犬", repealed_on=past)
    page = text_of(read("library/"))
    assert "户籍" in page
    assert "1 个问题 · 1 份文件" in page
    assert "其他" in page
    assert "养犬" not in page
    assert "居住证办法" in page
    assert "/library/" in text_of(read(""))


def test_an_empty_library_says_what_to_do(city: City) -> None:
    page = text_of(read("library/"))
    assert "还没有整理好的政策和问答" in page
    assert "直接提问" in page


def test_a_topic_holds_its_own_alone(city: City, now: datetime) -> None:
    entry(city.police, "怎样申请居住证", now=now, topic="户籍")
    entry(city.police, "狗证在哪办", now=now)
    page = text_of(read("library/?topic=户籍"))
    assert "怎样申请居住证" in page
    assert "狗证在哪办" not in page
    rest = text_of(read("library/?topic=-"))
    assert "狗证在哪办" in rest
    assert "怎样申请居住证" not in rest


def test_words_find_questions_documents_and_their_text(city: City, now: datetime) -> None:
    entry(city.police, "怎样申请居住证", now=now)
    document = paper(city.police, "养犬规定", now=now, document_number="云公发〔2026〕3号")
    assert "怎样申请居住证" in text_of(read("library/?q=居住证"))
    assert "养犬规定" in text_of(read("library/?q=〔2026〕3号"))
    said = text_of(read("library/?q=补办 四十元&kind=documents"))
    assert "正文里提到" in said
    assert f"/passages/{document.pk}/4/" in said
    assert "没有找到这样的文件" not in said
    assert "文件 1" in text_of(read("library/?q=四十元"))  # it stands in the text of one
    nothing = text_of(read("library/?q=飞船<b>&kind=documents"))
    assert "没有找到这样的文件" in nothing
    assert "飞船&lt;b&gt;" in nothing


def test_pages_keep_what_was_asked(city: City, now: datetime) -> None:
    for number in range(16):
        entry(city.police, f"居住证问题{number}", now=now, topic="户籍")
    first = text_of(read("library/?topic=户籍&q=居住证"))
    assert "topic=%E6%88%B7%E7%B1%8D&amp;q=%E5%B1%85%E4%BD%8F%E8%AF%81&amp;page=2" in first
    assert "居住证问题15" in text_of(read("library/?topic=户籍&q=居住证&page=2"))


def test_elsewhere_and_drafts_are_not_on_the_shelf(city: City, now: datetime) -> None:
    paper(city.police, "别处的规定", now=now, region_code="110000")
    paper(city.police, "还没有发布的规定", now=now, status="draft")
    page = text_of(read("library/?q=规定"))
    assert "别处的规定" not in page
    assert "还没有发布的规定" not in page


DAYS = (None, ON - timedelta(days=1), ON, ON + timedelta(days=1))


def test_what_holds_in_the_database_holds_by_the_rule(city: City, now: datetime) -> None:
    newer = [
        paper(city.police, f"新{at}", now=now, effective_on=day) for at, day in enumerate(DAYS)
    ]
    for at, (issued, begins, ends, new) in enumerate(
        itertools.product(DAYS, DAYS, DAYS, (None, *newer))
    ):
        paper(
            city.police, f"旧{at}", now=now, issued_on=issued, effective_on=begins,
            repealed_on=ends, superseded_by=new,
        )  # fmt: skip
    every = Document.objects.select_related("superseded_by")
    by_rule = {each.pk for each in every if each.span.holds(ON)}
    assert set(documents_in_force(ON, "").values_list("pk", flat=True)) == by_rule
    assert 0 < len(by_rule) < every.count()


def test_a_document_stands_whole_with_what_belongs_to_it(city: City, now: datetime) -> None:
    document = paper(
        city.police, "养犬规定", now=now, document_number="云公发〔2026〕3号", audience="个人",
        link="https://city.test/1",
    )  # fmt: skip
    entry(city.police, "狗证丢了怎么办", now=now, source_title="养犬规定", document_number="")
    entry(city.police, "狗证多少钱", now=now, document_number="云公发〔2026〕3号")
    paper(city.police, "《养犬规定》政策解读", now=now, kind="interpretation")
    paper(city.police, "养犬旧规定", now=now, superseded_by=document)
    page = text_of(read(f"documents/{document.pk}/"))
    for words in (
        "第一章 总则", 'id="p4">补办收费四十元。', "云公发〔2026〕3号", "适用对象：个人",
        "https://city.test/1", "狗证丢了怎么办", "狗证多少钱", "《养犬规定》政策解读", "养犬旧规定",
    ):  # fmt: skip
        assert words in page, words
    assert "不再有效" not in page
    assert f"/documents/{document.pk}/?at=4#p4" in text_of(read(f"passages/{document.pk}/4/"))


def test_a_former_version_leads_to_the_new_one(city: City, now: datetime) -> None:
    new = paper(city.police, "养犬规定（新）", now=now, effective_on=date(2020, 1, 1))
    old = paper(city.police, "养犬规定", now=now, superseded_by=new)
    page = text_of(read(f"documents/{old.pk}/"))
    assert "已经不再有效" in page
    assert f"/documents/{new.pk}/" in page


def test_a_long_document_comes_in_pages(city: City, now: datetime) -> None:
    document = paper(city.police, "长规定", now=now)
    Passage.objects.bulk_create(
        Passage(
            document=document, position=at, kind="chapter" if at == PASSAGES else "article",
            text=f"第{at}段。",
        )
        for at in range(5, PASSAGES + 40)
    )  # fmt: skip
    address = f"documents/{document.pk}/"
    first = text_of(read(address))
    assert f"第{PASSAGES - 1}段。" in first
    assert f'<p id="p{PASSAGES + 1}"' not in first
    assert f"?at={PASSAGES}#p{PASSAGES}" in first  # the contents name chapters of other pages
    for way in (f"?at={PASSAGES}", "?page=2", "?page=99"):
        assert f"第{PASSAGES + 39}段。" in text_of(read(address + way))
    for nonsense in ("?page=0", "?page=二", "?at=-1", "?page=99999999999"):
        assert "第5段。" in text_of(read(address + nonsense))


def test_drafts_and_nothing_are_not_found(city: City, now: datetime) -> None:
    draft = paper(city.police, "养犬规定", now=now, status="draft")
    for path in (draft.pk, 999):
        assert read(f"documents/{path}/").status_code == 404  # type: ignore[attr-defined]
