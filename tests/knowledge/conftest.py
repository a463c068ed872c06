"""The city of these tests, with who edits its knowledge."""

from dataclasses import dataclass
from datetime import datetime

import pytest

from minxin.agencies import actions as agencies
from minxin.agencies.models import Agency, Staff
from minxin.agencies.rules import Role
from tests.support.city import PASSWORD, SETUP, City, build_city


@pytest.fixture
def city(db: None, now: datetime) -> City:
    return build_city(now)


@dataclass(frozen=True, slots=True)
class Editors:
    """李敏 edits for the police, 高翔 (the outsider here) for the water bureau."""

    li: Staff
    gao: Staff


@pytest.fixture
def editors(city: City, now: datetime) -> Editors:
    def editor(username: str, name: str, where: Agency) -> Staff:
        return agencies.add_staff(
            username=username,
            name=name,
            agency=where,
            role=Role.EDITOR,
            password=PASSWORD,
            must_change_password=False,
            actor=SETUP,
            now=now,
        )

    return Editors(editor("limin", "李敏", city.police), editor("gaoxiang", "高翔", city.water))
