"""No path to WeChat tells a sentence of an answer that did not pass the check."""

import re
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import minxin.gateway
from minxin.gateway import wording
from minxin.knowledge.rules import Answer
from minxin.knowledge.rules.told import pieces_of
from minxin.text.answers import Uncited, is_cited
from minxin.text.rewriting.checking import LONGEST


def answer(text: str) -> Answer:
    return Answer(
        entry_id=1, agency_id=1, question="怎么办", text=text, source_title="办事指南",
        document_number="1号", source_url="", issuing_agency="市公安局", region_code="",
        valid_from=date(2026, 1, 1), valid_until=None,
    )  # fmt: skip


@given(st.text(alphabet="到派出所办理，带身份证。\n ＡＢ12……", min_size=1, max_size=900))
def test_an_entry_is_told_in_its_own_words_or_not_at_all(text: str) -> None:
    try:
        said = wording.answer_words.__wrapped__(answer(text), "http://city.test/1")
    except Uncited:
        assert not text.strip()
        return
    told = said.split("\n\n来源：《办事指南》")[0]
    assert is_cited(told.removesuffix(wording.CUT), text) or is_cited(told, text)
    assert len(told.encode()) <= wording.ANSWER_BYTES


def test_a_long_answer_ends_at_a_sentence_and_its_page_marks_what_was_told() -> None:
    text = "本人到任一派出所办理，带身份证原件。" * 20
    said = wording.answer_words.__wrapped__(answer(text), "http://city.test/1")
    told, rest = said.split("\n\n来源：《办事指南》")
    assert told.endswith(f"身份证原件。{wording.CUT}")
    address = re.search(r'<a href="http://city.test/1\?told=([^"]+)">更多</a>', rest)
    assert address is not None
    marked = [each.text for each in pieces_of(text, address[1]) if each.is_told]
    assert marked == [told.removesuffix(wording.CUT)]
    assert LONGEST == wording.ANSWER_BYTES  # a model's words are no longer either


def test_an_empty_answer_is_no_answer() -> None:
    with pytest.raises(Uncited):
        wording.answer_words.__wrapped__(answer(" \n"), "http://city.test/1")


def test_the_words_of_an_answer_are_read_in_one_place() -> None:
    """`wording.answer_words` and `quote_words` make bundles; nothing else in the gateway reads the text of an
    answer, or of a passage."""
    readers = set()
    for file in Path(minxin.gateway.__file__).parent.rglob("*.py"):
        source = file.read_text(encoding="utf-8")
        if re.search(r"\b(?:answer|passage|bundle|sentence)\.text\b", source):
            readers.add(file.name)
    # The menu's own words (`MenuReply.text`) are an editor's, no answer to a question.
    assert readers == {"wording.py", "obey_menu_key.py"}
