"""A scanned page that lies on its side or upside down is turned; one that is read surely, or empty, is not."""

import pytest
from PIL import Image

from minxin.text.documents.pdf import SURE, Recognised
from minxin.text.documents.recognising import best_turned, seen

WIDE = Image.new("L", (40, 20))


class Eye:
    """Reads surely what is turned by so many degrees, told by where the dark corner is."""

    def __init__(self, turned: int) -> None:
        self.page = WIDE.copy()
        self.page.putpixel((0, 0), 255)
        self.page = self.page.rotate(-turned, expand=True)
        self.looks = 0

    def __call__(self, picture: Image.Image) -> Recognised:
        self.looks += 1
        assert picture.mode == "RGB"
        is_upright = picture.size == (40, 20) and picture.getpixel((0, 0)) == (255, 255, 255)
        return Recognised(("正",), 0.97) if is_upright else Recognised(("歪",), SURE - 0.3)


@pytest.mark.parametrize(("turned", "looks"), [(0, 1), (180, 2), (90, 3), (270, 4)])
def test_a_page_is_turned_until_it_is_read(turned: int, looks: int) -> None:
    eye = Eye(turned)
    assert best_turned(eye.page, eye) == Recognised(("正",), 0.97)
    assert eye.looks == looks


def test_what_cannot_be_read_costs_four_looks_and_an_empty_page_one() -> None:
    looked: list[object] = []

    def blurred(picture: object) -> Recognised:
        looked.append(picture)
        return Recognised(("？",), 0.5)

    assert best_turned(WIDE, blurred) == Recognised(("？",), 0.5)
    assert len(looked) == 4

    def empty(picture: object) -> Recognised:
        looked.append(picture)
        return Recognised((), 0.0)

    assert best_turned(WIDE, empty) == Recognised((), 0.0)
    assert len(looked) == 5


def test_lines_that_stand_on_their_end_are_not_read_surely() -> None:
    level = [[0, 0], [90, 0], [90, 10], [0, 10]]
    upright = [[0, 0], [10, 0], [10, 90], [0, 90]]
    assert seen([[level, "一二三四", 0.9], [level, "五", 0.4]]) == Recognised(
        ("一二三四",), pytest.approx(0.8)
    )
    standing = seen([[upright, "一二三四", 0.99]])
    assert (standing.lines, standing.sure < SURE) == (("一二三四",), True)
    assert seen(None) == Recognised((), 0.0)
