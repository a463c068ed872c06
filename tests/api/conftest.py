"""Partners at the open API: keys of the police and of the water bureau, and how a machine asks."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from minxin.agencies.actions import KeyDraft, make_key
from minxin.agencies.models import Agency, ApiKey
from minxin.agencies.rules import KEY_RIGHTS
from minxin.api.keys import PACE
from tests.support.city import City, build_city

ALL = tuple(each.value for each in KEY_RIGHTS)


@pytest.fixture
def now() -> datetime:
    """The doors read the clock, so these tests live in the present."""
    return timezone.now()


@pytest.fixture
def city(db: None, now: datetime) -> City:
    return build_city(now)


@pytest.fixture(autouse=True)
def nobody_asked_before() -> None:
    PACE._seen.clear()


@dataclass(slots=True)
class Partner:
    """A machine with a key."""

    key: ApiKey
    token: str
    writes: int = 0

    def headers(self, **more: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}", **more}

    def get(self, path: str, **query: Any) -> Any:
        return Client().get(f"/api/v1{path}", query, headers=self.headers())

    def post(
        self, path: str, body: Any, *, name: str | None = None, raw: bytes | None = None
    ) -> Any:
        self.writes += 1
        name = f"{self.key.mark}-{self.writes:04d}" if name is None else name
        return Client().post(
            f"/api/v1{path}",
            json.dumps(body).encode() if raw is None else raw,
            content_type="application/json",
            headers=self.headers(**({"Idempotency-Key": name} if name else {})),
        )


MakePartner = Callable[..., Partner]


@pytest.fixture
def partner(city: City, now: datetime) -> MakePartner:
    """Make one: by default everything over the police, in the coding of GB/T 39046."""

    def make(
        agency: Agency | None = None,
        rights: tuple[str, ...] = ALL,
        coding: str = "gbt39046",
        **more: Any,
    ) -> Partner:
        draft = KeyDraft(
            name="对接", partner="云溪信息公司", rights=rights, level_coding=coding,
            expires_at=now + timedelta(days=30), **more,
        )  # fmt: skip
        return Partner(*make_key(agency or city.police, draft, actor=city.administrator, now=now))

    return make
