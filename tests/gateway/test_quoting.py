"""What a document says goes out with its source, or nothing does."""

import dataclasses
from datetime import date

import pytest

from minxin import wechat
from minxin.gateway import wording
from minxin.knowledge.models import Document, DocumentChange, Passage
from minxin.knowledge.queries import indexed_passages
from minxin.knowledge.rules.quotes import blocks_of, fitting, quote
from minxin.text.answers import AnswerBundle, Sentence, Uncited, cut_units
from minxin.text.answers import Passage as Piece
from tests.knowledge.papers import paper
from tests.support.city import City
from tests.support.dialogue import Phone
from tests.support.entries import entry

pytestmark = pytest.mark.django_db

ASKED = "犬只登记证补办收费多少钱"


def dogs(city: City, phone: Phone, **fields: object) -> Document:
    """A regulation on dogs whose first article says what a new paper needs and costs."""
    document = paper(city.police, "云溪市犬只登记证管理规定", now=phone.now, **fields)
    Passage.objects.filter(document=document, position=2).update(
        text="补办犬只登记证需要下列材料："
    )
    Passage.objects.filter(document=document, position=4).update(text="补办犬只登记证收费四十元。")
    DocumentChange.objects.create(document_id=document.pk)
    if not len(phone.passages):
        phone.passages.build()
    phone.passages.refresh()
    return document


def test_a_document_is_quoted_with_article_number_and_days(phone: Phone, city: City) -> None:
    document = dogs(
        city, phone, document_number="云政发〔2026〕9号", effective_on=date(2026, 3, 1),
        repealed_on=date(2030, 1, 1),
    )  # fmt: skip
    said = phone.say(ASKED)
    assert said.startswith("《云溪市犬只登记证管理规定》里是这样写的：")
    assert "补办犬只登记证收费四十元。" in said
    assert "来源：《云溪市犬只登记证管理规定》第一条第二款 云政发〔2026〕9号" in said
    assert "（云溪市人民政府，2026年3月1日起施行，有效期至2029年12月31日）" in said
    assert f"passages/{document.pk}/4/" in said
    assert "更多" in said
    assert "人工" in said
    assert phone.last is not None
    assert not phone.last.is_unknown


def test_items_come_with_what_introduces_them(phone: Phone, city: City) -> None:
    dogs(city, phone)
    said = phone.say("补办犬只登记证需要什么材料")
    assert "补办犬只登记证需要下列材料：\n（一）户口簿；" in said


def test_an_entry_comes_before_any_document(phone: Phone, city: City) -> None:
    dogs(city, phone)
    entry(city.police, ASKED, "补办免费。", now=phone.now)
    phone.index.refresh()
    assert "补办免费。" in phone.say(ASKED)


@pytest.mark.parametrize(
    "fields",
    [
        {"effective_on": date(2099, 1, 1)},
        {"effective_on": date(2020, 1, 1), "repealed_on": date(2021, 1, 1)},
        {"region_code": "110000"},
        {"status": "draft"},
    ],
)
def test_what_does_not_hold_here_today_is_not_quoted(
    phone: Phone, city: City, fields: dict[str, object]
) -> None:
    dogs(city, phone, **fields)
    said = phone.say(ASKED)
    assert "来源：" not in said
    assert "还没有官方答复" in said


def test_what_is_not_sure_is_not_quoted_and_counts_as_unknown(phone: Phone, city: City) -> None:
    dogs(city, phone)
    for asked in ("今天天气怎么样", "怎么申请公租房", "给我讲个笑话", "犬只"):
        said = phone.say(asked)
        assert "来源：" not in said, asked
        assert phone.last is not None
        assert phone.last.is_unknown


def test_a_retired_document_is_quoted_no_more(phone: Phone, city: City) -> None:
    document = dogs(city, phone)
    assert "来源：" in phone.say(ASKED)
    document.status = Document.Status.RETIRED
    document.save()
    DocumentChange.objects.create(document_id=document.pk)
    phone.passages.refresh()
    assert "来源：" not in phone.say(ASKED)
    assert not phone.passages.refresh()


def test_a_long_quote_is_cut_at_a_sentence_around_its_answer(phone: Phone, city: City) -> None:
    document = dogs(city, phone)
    items = "".join(
        f"（{each}）犬只登记证的{each}项材料原件以及加盖公章的复印件，规格见附表；"
        for each in "一二三四五六七八九"
    )
    Passage.objects.filter(document=document, position=3).update(text=items)
    blocks = list(blocks_of(indexed_passages()))
    quoted = quote("补办犬只登记证需要什么材料", blocks, least=0.0)
    assert quoted is not None
    text = blocks[0].text
    whole = tuple(
        Sentence("0", unit.start, unit.end, text[unit.start : unit.end]) for unit in cut_units(text)
    )
    quoted = dataclasses.replace(quoted, bundle=AnswerBundle(whole, (Piece("0", text),)))
    bundle, is_whole = fitting(quoted, wording.ANSWER_BYTES)
    assert not is_whole
    assert len(bundle.text.encode()) <= wording.ANSWER_BYTES
    words = wording.quote_words(quoted, "http://city.test/x")
    assert len(words.encode()) < wechat.MAX_TEXT_BYTES
    short, _ = fitting(quoted, 20)
    assert 0 < len(short.text.encode()) <= 20


def test_a_quote_of_other_words_cannot_be_made(phone: Phone, city: City) -> None:
    dogs(city, phone)
    quoted = phone.passages.quote(ASKED, on=phone.now.date())
    assert quoted is not None
    other = dataclasses.replace(quoted.bundle.sentences[0], text="补办犬只登记证收费五十元。")
    with pytest.raises(Uncited):
        dataclasses.replace(quoted.bundle, sentences=(other,))


def test_nothing_is_quoted_from_nothing() -> None:
    assert quote(ASKED, ()) is None
    assert list(blocks_of(())) == []
