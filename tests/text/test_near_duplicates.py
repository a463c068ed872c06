"""Texts that say nearly the same: found whatever the order, kept on disk, never by halves."""

import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minxin.text import NearDuplicates, likeness, shingles
from minxin.text.near_duplicates import HIGHEST, changed_at, sketch

LAMP = "东桥路和建设街交叉口的路灯坏了三天没有人修，晚上过马路很危险，请尽快处理。"
LAMP_TOO = "东桥路和建设街路口路灯坏了三天没人修，晚上过马路危险，请尽快处理"
NOISE = "小区对面的工地夜里两点还在施工，孩子没法睡觉，希望城管来管一管。"
CHARACTERS = "云溪东桥水电路灯施工噪音小区夜里孩子睡觉学校医院社保身份证办理咨询投诉建议"


def strangers(count: int) -> list[str]:
    draw = random.Random(5)
    return ["".join(draw.choices(CHARACTERS, k=40)) for _ in range(count)]


def test_a_near_duplicate_is_a_candidate_and_a_stranger_is_far() -> None:
    index = NearDuplicates()
    index.add([(1, LAMP), (2, NOISE), *enumerate(strangers(500), 10)])
    assert index.candidates(LAMP_TOO)[0] == 1
    assert likeness(shingles(LAMP), shingles(LAMP_TOO)) >= 0.4
    assert likeness(shingles(LAMP), shingles(NOISE)) < 0.1


@given(st.text(max_size=60), st.text(max_size=60))
def test_likeness_is_symmetrical_and_one_only_for_the_same_set(one: str, other: str) -> None:
    a, b = shingles(one), shingles(other)
    assert likeness(a, b) == likeness(b, a)
    assert 0 <= likeness(a, b) <= 1
    assert (likeness(a, b) == 1) == (bool(a) and a == b)


def test_what_is_put_in_one_by_one_is_found_as_what_is_put_in_at_once() -> None:
    texts = list(enumerate([LAMP, NOISE, *strangers(70), LAMP_TOO]))
    one_by_one, at_once = NearDuplicates(), NearDuplicates()
    for each in texts:
        one_by_one.add([each])
    at_once.add(texts)
    for _number, text in texts:
        assert one_by_one.candidates(text) == at_once.candidates(text)
    assert len(one_by_one) == len(at_once) == len(texts)
    assert len(one_by_one._parts) < 8  # parts grow, or a million look-ups would be a million


def test_the_same_text_has_the_same_keys_in_every_process() -> None:
    # Kept on disk: another sketch of the same words would find nothing.
    assert sketch([LAMP])[0, :3].tolist() == sketch([NOISE, LAMP])[1, :3].tolist()
    assert sketch([LAMP])[0, :3].tolist() == [4664655, 1451007752, 406785509]


def test_it_is_kept_with_its_mark_and_goes_on_after_reading(tmp_path: Path) -> None:
    index = NearDuplicates()
    index.add([(1, LAMP), (2, NOISE)])
    index.mark = 2
    assert changed_at(tmp_path / "index") == 0
    index.save(tmp_path / "index")
    again = NearDuplicates.load(tmp_path / "index")
    assert (again.mark, again.candidates(LAMP_TOO)) == (2, [1])
    reader = NearDuplicates.load(tmp_path / "index")
    again.add([(3, LAMP_TOO)])
    again.mark = 3
    again.save(tmp_path / "index")
    assert reader.candidates(LAMP) == [1]  # what it has mapped stays
    assert sorted(NearDuplicates.load(tmp_path / "index").candidates(LAMP)) == [1, 3]
    kept = {path.name for path in (tmp_path / "index").glob("*.npy")}
    assert kept == set(again._names)


@pytest.mark.parametrize("damage", ["gone", "other", "half", "words"])
def test_what_cannot_be_read_is_an_empty_index(tmp_path: Path, damage: str) -> None:
    index = NearDuplicates()
    index.add([(1, LAMP)])
    index.mark = 1
    index.save(tmp_path)
    part, known = next(tmp_path.glob("*.npy")), tmp_path / "index.json"
    match damage:
        case "gone":
            part.unlink()
        case "other":
            known.write_text(known.read_text().replace('"made": [1', '"made": [0'))
        case "half":
            part.write_bytes(part.read_bytes()[:60])
        case "words":
            known.write_text("{")
    found = NearDuplicates.load(tmp_path)
    assert (found.mark, len(found), found.candidates(LAMP)) == (0, 0, [])


def test_texts_without_anything_to_compare_are_passed_over() -> None:
    index = NearDuplicates()
    index.add([(1, ""), (2, "？！😀"), (3, LAMP)])
    assert len(index) == 1
    assert index.candidates("😀😀") == []
    assert likeness(shingles("😀"), shingles("😀")) == 0


@pytest.mark.parametrize("number", [-1, HIGHEST + 1])
def test_a_number_that_does_not_fit_is_refused_and_nothing_is_put_in(number: int) -> None:
    index = NearDuplicates()
    with pytest.raises(ValueError, match="four bytes"):
        index.add([(1, LAMP), (number, NOISE)])
    assert len(index) == 0


def test_what_is_removed_is_found_no_more_and_the_others_stay(tmp_path: Path) -> None:
    texts = [(number, f"第{number}号路口的路灯坏了没有人修，晚上很黑") for number in range(40)]
    kept = NearDuplicates()
    kept.add(texts[:30])
    kept.add(texts[30:])
    kept.save(tmp_path)
    kept.remove([3, 35, 99])
    kept.save(tmp_path)
    found = NearDuplicates.load(tmp_path)
    assert len(found) == 38
    for number, text in texts:
        assert (number in found.candidates(text)) is (number not in {3, 35})
    found.remove(range(40))
    found.save(tmp_path)
    assert len(NearDuplicates.load(tmp_path)) == 0
