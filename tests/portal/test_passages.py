"""The page behind 更多: the passage where it stands, marked."""

from datetime import date, datetime

import pytest

from minxin.knowledge.models import Passage
from tests.knowledge.papers import paper
from tests.portal.test_pages import read, text_of
from tests.support.city import City

pytestmark = pytest.mark.django_db


def test_the_quoted_passage_is_marked_among_its_article(city: City, now: datetime) -> None:
    document = paper(city.police, "养犬规定", now=now, link="https://city.test/1")
    page = text_of(read(f"passages/{document.pk}/4/"))
    assert "<mark>补办收费四十元。</mark>" in page
    assert "申请补办需要下列材料：" in page
    assert "来源：《养犬规定》第一条第二款" in page
    assert "https://city.test/1" in page


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"effective_on": date(2099, 1, 1)}, "还没有施行"),
        ({"repealed_on": date(2021, 1, 1), "effective_on": date(2020, 1, 1)}, "已经不再有效"),
        ({"status": "retired"}, "已经不再有效"),
    ],
)
def test_what_does_not_hold_says_so_and_is_no_source(
    city: City, now: datetime, fields: dict[str, object], words: str
) -> None:
    document = paper(city.police, "养犬规定", now=now, **fields)
    page = text_of(read(f"passages/{document.pk}/4/"))
    assert words in page
    assert "来源：" not in page


def test_drafts_headings_and_nothing_are_not_found(city: City, now: datetime) -> None:
    draft = paper(city.police, "养犬规定", now=now, status="draft")
    other = paper(city.police, "养猫规定", now=now)
    for path in (f"{draft.pk}/4", f"{other.pk}/0", f"{other.pk}/99", "999/4"):
        assert read(f"passages/{path}/").status_code == 404  # type: ignore[attr-defined]


def test_an_article_of_the_same_number_elsewhere_is_not_part_of_it(
    city: City, now: datetime
) -> None:
    document = paper(city.police, "养犬规定", now=now)
    Passage.objects.bulk_create(
        Passage(document=document, position=at, kind=kind, article=article, clause=1, text=text)
        for at, kind, article, text in (
            (5, "chapter", "", "附件二"),
            (6, "article", "第一条", "收费另行公布。"),
        )
    )
    page = text_of(read(f"passages/{document.pk}/4/"))
    assert "申请补办需要下列材料" in page
    assert "收费另行公布" not in page
