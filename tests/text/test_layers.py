"""Values in a file, and over them what changed since."""

import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minxin.text import Index, Layered, Written

STEPS = st.lists(st.tuples(st.integers(0, 9), st.none() | st.text(max_size=5)), max_size=30)


@given(st.lists(st.text(max_size=8), max_size=6), STEPS)
def test_it_is_a_dictionary(filed: list[str], steps: list[tuple[int, str | None]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "texts")
        with Written[str](path, str.encode) as written:
            for number, text in enumerate(filed, 1):
                assert number not in written
                written[number] = text
                assert number in written
        layered, known = Layered(path, bytes.decode), dict(enumerate(filed, 1))
        for number, text in steps:
            if text is None:
                assert layered.pop(number) == known.pop(number, None)
            else:
                layered[number] = known[number] = text
            assert len(layered) == len(known)
        for number in range(-1, 12):
            assert layered.get(number) == known.get(number)
            assert (number in layered) == (number in known)


def test_what_is_written_is_written_in_order_and_stays(tmp_path: Path) -> None:
    with Written[str](tmp_path / "texts", str.encode) as written:
        written[1] = "一"
        with pytest.raises(KeyError):
            written[3] = "三"
        with pytest.raises(KeyError):
            written.pop(1)
        assert written.pop(2) is None


def test_an_index_in_a_folder_finds_what_one_in_memory_finds(tmp_path: Path) -> None:
    texts = [
        "补办身份证收费四十元。",
        "养犬登记需要免疫证明。",
        "居住证十五日内发给。",
        "身份证丢失可以挂失。",
    ]
    here = Index()
    here.build(enumerate(texts, 1))
    (tmp_path / "index").mkdir()
    with Written[str](tmp_path / "texts", str.encode) as written:
        Index(tmp_path / "index", written).build(enumerate(texts, 1))
    there = Index(tmp_path / "index", Layered(tmp_path / "texts", bytes.decode))
    for question in ("身份证补办收费", "养狗登记", "居住证几天"):
        assert there.search(question) == here.search(question) != []
    for index in (here, there):
        index.remove(1)
        index.put(5, "身份证补办现在不收费。")
        index.commit()
    assert there.search("身份证补办收费")[0].id == 5
    assert there.search("身份证补办收费") == here.search("身份证补办收费")
