"""An office begins with an empty city: one command lets one person in, once."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from minxin.agencies.models import Agency, AuditEntry, Staff
from minxin.cli import main
from tests.support.city import build_city

pytestmark = pytest.mark.django_db
WORDS = ["begin", "--agency", "云河市人民政府办公室", "--login", "liuyan", "--name", "刘岩"]


def test_the_first_administrator_signs_in_and_must_choose_a_password(
    client: Client, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*WORDS, "--region", "330100"]) == 0
    found = re.search(r"密码 (\S+)，", capsys.readouterr().out)
    assert found
    signed = client.post(
        reverse("account_login"), {"login": "liuyan", "password": found[1]}, follow=True
    )
    assert "修改密码" in signed.content.decode()
    (person,) = Staff.objects.all()
    (agency,) = Agency.objects.all()
    assert (person.name, agency.name, agency.region_code) == (
        "刘岩",
        "云河市人民政府办公室",
        "330100",
    )
    assert [each.get_role_display() for each in person.memberships.all()] == ["管理员"]
    assert set(AuditEntry.objects.filter(actor_kind="system").values_list("verb", flat=True)) == {
        "agency.added", "staff.added"
    }  # fmt: skip
    # Who may sign in is nobody's business: the start page names the people of the demo only.
    assert "liuyan" not in Client().get("/").content.decode()


def test_where_somebody_can_sign_in_it_does_nothing(
    now: object, capsys: pytest.CaptureFixture[str]
) -> None:
    build_city(now)  # type: ignore[arg-type]
    before = (Agency.objects.count(), Staff.objects.count())
    assert main(WORDS) == 1
    assert "已经有人可以登录" in capsys.readouterr().out
    assert (Agency.objects.count(), Staff.objects.count()) == before


def test_what_cannot_be_used_leaves_nothing_behind(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*WORDS, "--code", "没有编码"]) == 1
    assert main(["begin", "--agency", "云河市", "--login", "刘 岩", "--name", "刘岩"]) == 1
    assert capsys.readouterr().out.strip()
    assert not Agency.objects.exists()
    assert not Staff.objects.exists()
