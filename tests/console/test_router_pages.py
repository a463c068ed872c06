"""刘伟 lets the router learn, reads before and after, adopts it, puts it aside."""

from datetime import datetime
from pathlib import Path

import pytest
from django.urls import reverse

from minxin.tickets import router_training
from minxin.tickets.models import RouterModel
from tests.console.conftest import SignIn
from tests.support.city import City
from tests.tickets.test_router import past


@pytest.fixture(autouse=True)
def home(tmp_path: Path, settings: object) -> Path:
    settings.MINXIN_HOME = tmp_path  # type: ignore[attr-defined]
    return tmp_path


def test_trained_read_adopted_put_aside(city: City, at_desk: SignIn, now: datetime) -> None:
    past(city, now)
    desk = at_desk(city.administrator)
    listing = reverse("console:router_models")
    assert "还没有训练过" in desk.get(listing).content.decode()
    answer = desk.post(reverse("console:router_train"))
    row = RouterModel.objects.get()
    one = reverse("console:router_model", args=[row.pk])
    assert answer["Location"] == one
    assert "后台马上开始" in desk.get(one).content.decode()
    page = desk.post(reverse("console:router_train"), follow=True).content.decode()
    assert "已经有一次训练在进行" in page
    router_training.work(row.pk)
    page = desk.get(reverse("console:router_model_progress", args=[row.pk])).content.decode()
    for words in ("只按规则和清单", "新模型", "云溪市水务局"):
        assert words in page, words
    assert "hx-get" not in page
    assert desk.post(one, {"act": "adopt", "reason": "好"}).status_code == 422
    page = desk.post(one, {"act": "adopt", "reason": "看过对比"}, follow=True).content.decode()
    assert "停用这个模型" in page
    assert "刘伟" in desk.get(listing).content.decode()
    page = desk.post(one, {"act": "stop", "reason": "换一个再说"}, follow=True).content.decode()
    assert "换回这个模型" in page


def test_too_little_is_told_agency_by_agency(city: City, at_desk: SignIn, now: datetime) -> None:
    past(city, now, each=7)
    desk = at_desk(city.administrator)
    desk.post(reverse("console:router_train"))
    row = RouterModel.objects.get()
    router_training.work(row.pk)
    page = desk.get(reverse("console:router_model", args=[row.pk])).content.decode()
    assert "记录太少" in page
    assert "还差 13 件" in page
    assert "采用这个模型" not in page
