"""What of an answer was told, in the address of its page."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minxin.knowledge.rules.told import pieces_of, query_of


@given(st.text(min_size=2, max_size=80), st.data())
def test_the_pieces_are_the_text(text: str, data: st.DataObject) -> None:
    places = sorted(data.draw(st.sets(st.integers(0, len(text)), min_size=2, max_size=6)))
    spans = list(zip(places[::2], places[1::2], strict=False))
    pieces = pieces_of(text, query_of(text, spans).removeprefix("told="))
    assert "".join(each.text for each in pieces) == text
    assert [each.text for each in pieces if each.is_told] == [text[a:b] for a, b in spans]
    assert sum(each.is_first for each in pieces) == 1


@pytest.mark.parametrize(
    "value",
    [
        "",
        "x",
        "00000000.0-1",
        "told",
        ".0-1",
        "{sum}.5-2",
        "{sum}.0-99",
        "{sum}.2-3.0-1",
        "{sum}",
        "{sum}.1-1",
    ],
)
def test_what_does_not_fit_the_text_marks_nothing(value: str) -> None:
    text = "到窗口办理。"
    known = query_of(text, [(0, 1)]).removeprefix("told=")[:8]
    assert pieces_of(text, value.replace("{sum}", known)) == []
