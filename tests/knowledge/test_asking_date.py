"""Whatever is asked, on whatever day, for whatever place: what is given holds then and there."""

from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from minxin.knowledge.index.entries import Entries
from minxin.knowledge.rules import Answer, is_for_region, is_held, is_in_force
from minxin.text import bare, normal

FIRST = date(2026, 1, 1)
_DAYS = st.one_of(st.none(), st.integers(0, 20).map(lambda days: FIRST + timedelta(days=days)))
_REGIONS = st.sampled_from(["", "990000", "990100", "990102", "330000"])
_QUESTIONS = ("养狗要到哪里登记", "养犬登记去哪里办", "居住证怎样申领", "遛狗要拴绳吗")


@st.composite
def _answers(draw: st.DrawFn) -> list[Answer]:
    return [
        Answer(
            number, 1, draw(st.sampled_from(_QUESTIONS)), "到派出所办理。", "办法", "", "", "市政府",
            draw(_REGIONS), draw(_DAYS), draw(_DAYS), held_from=draw(_DAYS), held_why="repealed",
        )
        for number in range(1, draw(st.integers(1, 6)) + 1)
    ]  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(
    _answers(), st.integers(-2, 25), _REGIONS, st.sampled_from([*_QUESTIONS, "狗证去哪里登记呀"])
)
def test_what_is_given_or_offered_holds_on_that_day_in_that_place(
    answers: list[Answer], after: int, region: str, question: str
) -> None:
    entries = Entries()
    for answer in answers:
        entries.put(answer, (answer.question,))
    entries.commit()
    on = FIRST + timedelta(days=after)
    found = entries.remembered(bare(normal(question)), on, region, entries.tables.of(1))
    by_id = {answer.entry_id: answer for answer in answers}
    shown = [found.answer.entry_id] if found.answer else []
    for number in (*shown, *(near.entry_id for near in found.near)):
        one = by_id[number]
        assert is_in_force(one.valid_from, one.valid_until, on)
        assert is_for_region(one.region_code, region)
        assert not is_held(one, on)
    for choice in found.choices:
        assert not is_held(by_id[choice.entry_id], on)
    if found.held is not None:
        assert found.answer is None
        assert is_held(found.held, on)
        assert is_in_force(found.held.valid_from, found.held.valid_until, on)
        assert is_for_region(found.held.region_code, region)
