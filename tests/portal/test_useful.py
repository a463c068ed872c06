"""有用 and 没用 on the pages of an entry and of a passage."""

from datetime import datetime

import pytest
from django.test import Client

from minxin.knowledge.models import AnswerRating, UnansweredQuestion
from tests.knowledge.papers import paper
from tests.portal.conftest import HOST, Browser
from tests.portal.test_pages import read, text_of
from tests.support.city import APP_ID, City
from tests.support.entries import entry

pytestmark = pytest.mark.django_db


def test_an_entry_and_a_passage_are_rated_by_her_alone(
    city: City, xiaolin: Browser, now: datetime
) -> None:
    kept = entry(city.police, "怎样申请居住证", now=now)
    document = paper(city.police, "养犬规定", now=now)
    xiaolin.read("tickets/")
    for mark, page in (
        (f"e{kept.pk}", f"answers/{kept.pk}/"), (f"d{document.pk}.4", f"passages/{document.pk}/4/"),
    ):  # fmt: skip
        assert "这个答复有用吗" in text_of(xiaolin.read(page))
        said = xiaolin.post(f"/m/{APP_ID}/useful/{mark}", {"useful": "0"})
        assert said.status_code == 302
        assert said["Location"].endswith(page)
        assert "您评了“没用”" in text_of(xiaolin.read(page))
        xiaolin.post(f"/m/{APP_ID}/useful/{mark}", {"useful": "1"})
        assert "您评了“有用”" in text_of(xiaolin.read(page))
    assert AnswerRating.objects.filter(citizen=city.xiaolin, is_useful=True).count() == 2
    assert UnansweredQuestion.objects.get().text == "怎样申请居住证"


def test_a_stranger_is_asked_who_she_is_and_nothing_is_noted(city: City, now: datetime) -> None:
    kept = entry(city.police, "怎样申请居住证", now=now)
    assert "点这里评一下" in text_of(read(f"answers/{kept.pk}/"))
    stranger = Client(headers={"host": HOST})
    assert stranger.post(f"/m/{APP_ID}/useful/e{kept.pk}", {"useful": "0"}).status_code == 403
    assert stranger.get(f"/m/{APP_ID}/useful/e{kept.pk}").status_code == 302
    assert not AnswerRating.objects.exists()


@pytest.mark.parametrize("mark", ["e999999", "d1.1", "x", "e1x"])
def test_nothing_is_not_found(city: City, xiaolin: Browser, mark: str) -> None:
    xiaolin.read("tickets/")
    assert xiaolin.post(f"/m/{APP_ID}/useful/{mark}", {"useful": "1"}).status_code == 404
