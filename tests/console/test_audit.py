"""孙莉 reads the audit: in words, by who, what, when and where; personal data stays hidden."""

import ast
import csv
import io
from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone
from django.utils.translation import override

from minxin.accounts import actions as accounts
from minxin.accounts.queries import MenuAnswer
from minxin.agencies import actions as agencies
from minxin.agencies import audit
from minxin.agencies.models import AuditEntry
from minxin.console.audit.verbs import VERBS
from minxin.console.audit.words import NOUNS, changes_of, verb_said
from tests.console.conftest import SignIn, Work
from tests.support.city import SETUP, City
from tests.support.layers import SOURCE


def _last(verb: str) -> AuditEntry:
    return AuditEntry.objects.filter(verb=verb).latest("id")


def _page(desk: Client, entry: AuditEntry) -> str:
    return desk.get(f"/console/audit/{entry.pk}/").content.decode()


def _recorded() -> set[str]:
    """Every verb that stands in the code."""
    found: set[str] = set()
    for path in SOURCE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if not isinstance(node, ast.Call) or len(node.args) < 2:
                continue
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            if name in {"record", "audit_move", "note_sign_in"}:
                found |= {
                    str(each.value)
                    for each in node.args[1:2]
                    if isinstance(each, ast.Constant) and isinstance(each.value, str)
                }
    return found


def test_every_verb_has_its_words() -> None:
    recorded = _recorded()
    assert len(recorded) > 50
    assert recorded - set(VERBS) == set()
    assert {verb.partition(".")[0] for verb in VERBS} <= set(NOUNS)


def test_a_change_is_a_table_of_fields_in_words(city: City, at_desk: SignIn, now: datetime) -> None:
    accounts.update(
        city.account,
        name="云溪警方",
        kind="service",
        is_verified=False,
        principal="government",
        positioning="政民互动",
        actor=city.operator,
        now=now,
    )
    desk = at_desk(city.auditor)
    entry = _last("account.updated")
    page = _page(desk, entry)
    same = f"?subject=accounts.account:{city.account.pk}"
    assert same in page
    listed = desk.get(f"/console/audit/{same}").content.decode()
    assert f"/console/audit/{entry.pk}/" in listed
    assert "新增人员</a>" not in listed
    assert "修改账号" in page
    assert "何涛" in page
    for words in ("名称", "云溪公安", "云溪警方", "已认证", "是", "否", "功能定位", "政民互动"):
        assert words in page
    assert "{&#x27;" not in page
    assert "is_verified" not in page
    with override("en"):
        (first, *_) = changes_of(_last("account.updated"))
        assert first.name == "Name"


def test_choices_and_times_are_said_and_a_menu_is_lines(
    city: City, work: Work, now: datetime
) -> None:
    with override("zh-hans"):
        (status,) = changes_of(
            AuditEntry(subject_kind="tickets.ticket", before={"status": "submitted"},
                       after={"status": "accepted"})
        )  # fmt: skip
        assert (status.name, status.before, status.after) == ("状态", ("已提交",), ("已受理",))
        menu = [{"name": "办事", "sub_button": [{"type": "click", "name": "怎么问", "key": "say"}]}]
        accounts.set_menu(
            city.account, menu, replies={"say": MenuAnswer("say", "请说。")}, actor=SETUP, now=now
        )
        (change,) = changes_of(_last("account.menu_set"))
        assert change.before == ()
        assert change.after[0] == "办事"
        assert "怎么问" in change.after[1]
        accounts.note_callback_verified(city.account.pk, actor=SETUP, now=now)
        (change,) = changes_of(_last("account.callback_verified"))
        assert change.after == (f"{timezone.localtime(now):%Y-%m-%d %H:%M}",)


def test_personal_data_stays_hidden(city: City, at_desk: SignIn, now: datetime) -> None:
    entry = audit.record(
        SETUP,
        "citizen.contact_kept",
        "小林 13800001234",
        now=now,
        before={"phone": "13800001234"},
        after={"phone": "13900001234", "note": "身份证 990100199001011234，电话 13900001234"},
    )
    page = _page(at_desk(city.auditor), entry)
    assert "不记录" in page
    for private in ("13800001234", "13900001234", "990100199001011234"):
        assert private not in page
    desk = at_desk(city.auditor)
    sheet = desk.get("/console/audit/", {"export": "csv"}).getvalue().decode()
    for private in ("13800001234", "13900001234", "990100199001011234"):
        assert private not in sheet


def _verbs(desk: Client, **query: object) -> set[str]:
    sheet = desk.get("/console/audit/", {**query, "export": "csv"}).getvalue()  # type: ignore[dict-item]
    rows = list(csv.reader(io.StringIO(sheet.decode("utf-8-sig"))))
    return {row[2] for row in rows[1:]} - {verb_said("list.exported")}


@pytest.mark.parametrize(
    ("query", "verbs"),
    [
        ({"actor_kind": "citizen"}, {"提交工单"}),
        ({"noun": "account", "verb": "account.registered"}, {"登记账号"}),
        ({"q": "提交工单"}, {"提交工单"}),
        ({"q": "王芳"}, {"新增人员"}),
        ({"until": "2020-01-01"}, set()),
    ],
)
def test_the_list_is_narrowed_by_who_what_and_when(
    city: City, work: Work, at_desk: SignIn, query: dict[str, str], verbs: set[str]
) -> None:
    AuditEntry.objects.filter(verb="ticket.filed").count()
    audit.record(city.xiaolin, "ticket.filed", work.ticket, now=timezone.now())
    assert _verbs(at_desk(city.auditor), **query) == verbs


def test_the_list_is_narrowed_by_agency_and_day(city: City, at_desk: SignIn, now: datetime) -> None:
    agencies.change_agency(
        city.water, name=city.water.name, short_name="水务", region_code="990100", duty="供水",
        phone="", actor=SETUP, now=now,
    )  # fmt: skip
    desk = at_desk(city.auditor)
    assert "修改机构" in _verbs(desk, agency=city.water.pk)
    assert "修改机构" not in _verbs(desk, agency=city.police.pk)
    today = timezone.localtime(now).date()
    assert "修改机构" in _verbs(desk, since=today, until=today)
    assert "修改机构" not in _verbs(desk, since=today + timedelta(days=1))
    page = desk.get("/console/audit/", {"agency": city.water.pk}).content.decode()
    assert f"单位：{city.water.name}" in page


def test_a_sheet_tells_before_and_after(city: City, at_desk: SignIn, now: datetime) -> None:
    accounts.set_greetings(
        city.account, greeting="您好。", welcome_back="", actor=city.operator, now=now
    )
    desk = at_desk(city.auditor)
    sheet = desk.get("/console/audit/", {"verb": "account.greetings_set", "export": "csv"})
    titles, row = csv.reader(io.StringIO(sheet.getvalue().decode("utf-8-sig")))
    assert titles[-2:] == ["之前", "之后"]
    assert row[-1] == "关注时的问候：您好。"
