"""何涛 files what becomes of his account, 黄薇 approves: pages, papers, the list, the home page."""

import io
import itertools
import zipfile
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from minxin.accounts import actions
from minxin.accounts.actions import FilingDraft, FilingTold, StepTaken
from minxin.accounts.models import Account, LifecycleFiling
from minxin.accounts.rules.lifecycle import Kind, Step
from minxin.agencies import actions as agencies
from minxin.agencies.models import Staff
from minxin.agencies.rules import Role
from minxin.console.accounts.filing_papers import form_paper
from minxin.reports.layout import Form, Paper
from tests.console.conftest import SignIn
from tests.support.city import PASSWORD, SETUP, City


@pytest.fixture(autouse=True)
def own_home(settings: LazySettings, tmp_path: Path) -> Path:
    settings.MINXIN_HOME = tmp_path
    return tmp_path


@pytest.fixture
def supervisor(city: City, now: datetime) -> Staff:
    return agencies.add_staff(
        username="huangwei", name="黄薇", agency=city.root, role=Role.SUPERVISOR,
        password=PASSWORD, must_change_password=False, actor=SETUP, now=now,
    )  # fmt: skip


@pytest.fixture
def filed(city: City, now: datetime) -> Account:
    draft = FilingDraft(number="云备2025-1", responsible="周航", holder="云溪市公安局")
    actions.keep_filing(city.account, draft, actor=SETUP, now=now)
    return city.account


def text_of(answer: object) -> str:
    """All that stands in a docx."""
    with zipfile.ZipFile(io.BytesIO(answer.content)) as package:  # type: ignore[attr-defined]
        return package.read("word/document.xml").decode()


def cells(paper: Paper) -> dict[str, str]:
    """Label -> what stands beside it."""
    (form,) = [block for block in paper.blocks if isinstance(block, Form)]
    found = {}
    for row in form.rows:
        for label, value in itertools.pairwise(row):
            if label.is_label and not value.is_label:
                found[label.text] = value.text
    return found


def begin(desk: Client, account: Account, kind: str, **said: str) -> LifecycleFiling:
    address = reverse("console:lifecycle_new", args=[account.pk, kind])
    answer = desk.post(address, {"reason": "并入“云溪发布”", **said})
    assert answer.status_code == 302, answer.content.decode()
    return LifecycleFiling.objects.get(account=account, kind=kind, ended_at=None)


def press(desk: Client, filing: LifecycleFiling, act: str, **said: str) -> str:
    """The page after a step was taken."""
    today = f"{timezone.localdate()}"
    given = {f"{act}-{name}": value for name, value in {"on": today, **said}.items()}
    address = reverse("console:lifecycle_filing", args=[filing.pk])
    return desk.post(address, {"act": act, **given}, follow=True).content.decode()


def test_an_account_is_closed_and_cancelled_page_by_page(
    at_desk: SignIn, city: City, supervisor: Staff, filed: Account
) -> None:
    desk, office = at_desk(city.operator), at_desk(supervisor)
    page = desk.get(reverse("console:account", args=[filed.pk])).content.decode()
    assert "关停备案" in page
    assert reverse("console:lifecycle_new", args=[filed.pk, "cancel"]) not in page  # closing first
    closing = begin(desk, filed, "close", successor="公众号“云溪发布”")
    page = press(desk, closing, "sign", person="")
    assert "这个字段是必填项" in page or "必填" in page
    assert "已上报" in press(desk, closing, "sign", person="丁一鸣")
    assert "等我审核" in office.get(reverse("console:lifecycle")).content.decode()
    assert "已审核同意" in press(office, closing, "approve", words="同意关停")
    page = desk.get(reverse("console:account", args=[filed.pk])).content.decode()
    assert "更新要求仍然适用" in page
    cancelling = begin(desk, filed, "cancel")
    press(desk, cancelling, "sign", person="丁一鸣")
    press(office, cancelling, "approve")
    page = desk.get(reverse("console:lifecycle_filing", args=[cancelling.pk])).content.decode()
    assert "还没有登记停更公告" in page
    assert 'value="platform"' not in page  # what cannot be done now is absent
    page = press(desk, cancelling, "platform")  # and pressed all the same it is refused
    assert "还没有登记停更公告" in page
    filed.refresh_from_db()
    assert filed.status == "closing"
    press(desk, closing, "announce", url="https://yunxi.example/notices/1")
    press(desk, closing, "report")
    assert "台账已变更" in press(desk, cancelling, "platform")
    press(desk, cancelling, "report", number="云销2026-1")
    filed.refresh_from_db()
    assert filed.status == "closed"
    page = desk.get(reverse("console:account", args=[filed.pk])).content.decode()
    assert "云销2026-1" in page
    assert reverse("console:lifecycle_new", args=[filed.pk, "change"]) not in page


def test_who_signed_is_told_that_another_approves(
    at_desk: SignIn, city: City, filed: Account, now: datetime
) -> None:
    operator = agencies.add_staff(
        username="wulei", name="吴磊", agency=city.root, role=Role.OPERATOR, password=PASSWORD,
        must_change_password=False, actor=SETUP, now=now,
    )  # fmt: skip
    desk = at_desk(operator)
    filing = begin(desk, filed, "close")
    press(desk, filing, "sign", person="丁一鸣")
    assert "审核要由另一个人办理" in press(desk, filing, "approve")
    filing.refresh_from_db()
    assert filing.step == "approve"


def test_an_outsider_finds_nothing_and_changes_nothing(
    at_desk: SignIn, city: City, filed: Account, now: datetime
) -> None:
    filing = actions.begin_filing(
        filed, Kind.CLOSE, FilingTold(reason="合并"), actor=SETUP, now=now
    )
    stranger = agencies.add_staff(
        username="luhai", name="陆海", agency=city.water, role=Role.OPERATOR, password=PASSWORD,
        must_change_password=False, actor=SETUP, now=now,
    )  # fmt: skip
    desk = at_desk(stranger)
    for name in ("lifecycle_filing", "lifecycle_amend", "lifecycle_announcement"):
        address = reverse(f"console:{name}", args=[filing.pk])
        assert desk.get(address).status_code == 404
        assert desk.post(address, {"act": "sign", "reason": "改"}).status_code == 404
    assert filed.name not in desk.get(reverse("console:lifecycle")).content.decode()
    filing.refresh_from_db()
    assert (filing.step, filing.reason) == ("sign", "合并")
    administrator = at_desk(city.administrator)  # reads the register, moves no filing
    page = reverse("console:lifecycle_filing", args=[filing.pk])
    assert administrator.get(page).status_code == 200
    signing = {"act": "sign", "sign-person": "甲", "sign-on": "2026-01-05"}
    assert administrator.post(page, signing).status_code == 404


def test_the_form_says_what_the_register_says_and_nothing_else(
    at_desk: SignIn, city: City, filed: Account, now: datetime
) -> None:
    desk = at_desk(city.operator)
    filing = begin(desk, filed, "close", successor="公众号“云溪发布”")
    answer = desk.get(reverse("console:lifecycle_paper", args=[filing.pk]))
    assert "wordprocessingml" in answer["Content-Type"]
    words = text_of(answer)
    for expected in (
        "政务新媒体关停备案表",
        "云溪公安",
        "周航",
        "并入“云溪发布”",
        "不是国家统一表样",
    ):
        assert expected in words, expected
    filing = LifecycleFiling.objects.select_related("account__agency").get(pk=filing.pk)
    said = cells(form_paper(filing))
    assert said["备案号"] == "云备2025-1"
    assert said["认证主体"] == "云溪市公安局"
    assert (said["分管领导"], said["主管单位"], said["停更公告"]) == ("", "", "")
    assert "　　年　月　日" in said["负责人签字"]


@pytest.mark.parametrize(
    ("kind", "title"),
    [
        ("open", "政务新媒体开设备案表"),
        ("change", "政务新媒体变更备案表"),
        ("cancel", "政务新媒体注销备案表"),
    ],
)
def test_each_kind_has_its_form_and_says_the_same_in_any_language(
    at_desk: SignIn, city: City, kind: str, title: str, now: datetime
) -> None:
    planned = actions.register(
        agency=city.police, name="云溪户政", kind="service", positioning="办事服务",
        status={"open": "planned", "cancel": "closing"}.get(kind, "active"), opens_filing=False,
        actor=SETUP, now=now,
    )  # fmt: skip
    desk = at_desk(city.operator)
    filing = begin(desk, planned, kind, **({"name": "云溪户政服务"} if kind == "change" else {}))
    address = reverse("console:lifecycle_paper", args=[filing.pk])
    chinese = desk.get(address)
    desk.cookies["django_language"] = "en"
    english = desk.get(address)
    assert title in text_of(chinese)
    assert text_of(chinese) == text_of(english)
    assert ("云溪户政服务" in text_of(chinese)) == (kind == "change")
    no_notice = desk.get(reverse("console:lifecycle_notice_paper", args=[filing.pk]))
    assert no_notice.status_code == 404


def test_the_notice_is_written_edited_and_taken(
    at_desk: SignIn, city: City, filed: Account
) -> None:
    desk = at_desk(city.operator)
    filing = begin(desk, filed, "close")
    paper = reverse("console:lifecycle_notice_paper", args=[filing.pk])
    usual = text_of(desk.get(paper))
    assert "关于停止更新“云溪公安”账号的公告" in usual
    assert "　　年　月　日起停止更新" in usual  # nobody said when: left open
    address = reverse("console:lifecycle_announcement", args=[filing.pk])
    text = "云溪公安账号自12月1日起停止更新。\n特此公告。"
    assert desk.post(address, {"text": text}).status_code == 302
    assert "自12月1日起停止更新" in text_of(desk.get(paper))
    assert "自12月1日" in desk.get(address).content.decode()
    too_long = desk.post(address, {"text": "长" * 3001})
    assert too_long.status_code == 422
    desk.post(address, {"text": ""})  # blank: the usual words again
    assert text_of(desk.get(paper)) == usual


def test_a_draft_is_amended_what_was_typed_stays(
    at_desk: SignIn, city: City, filed: Account
) -> None:
    desk = at_desk(city.operator)
    address = reverse("console:lifecycle_new", args=[filed.pk, "change"])
    answer = desk.post(address, {"reason": "与职责一致"})
    assert answer.status_code == 422
    assert "请至少写明一项变更" in answer.content.decode()
    assert "与职责一致" in answer.content.decode()
    filing = begin(desk, filed, "change", name="云溪警方")
    edit = reverse("console:lifecycle_amend", args=[filing.pk])
    assert 'value="云溪警方"' in desk.get(edit).content.decode()
    desk.post(edit, {"reason": "与职责一致", "name": "云溪平安"})
    filing.refresh_from_db()
    assert filing.changes["name"]["after"] == "云溪平安"


def test_the_list_finds_what_is_late_and_what_waits_for_whom(
    at_desk: SignIn, city: City, supervisor: Staff, filed: Account, now: datetime, own_home: Path
) -> None:
    (own_home / "filings").mkdir()
    (own_home / "filings" / "own.toml").write_text(
        'id = "own"\ntitle = "本地期限"\ncertainty = "local"\nregions = ["99"]\n'
        '[source]\ndocument = "本地文件"\narticle = "第一条"\n'
        '[[deadlines]]\nkinds = ["close"]\ndays = 2\ncounted = "natural"\nto = "市府办"\n',
        encoding="utf-8",
    )
    then = now - timedelta(days=9)
    filing = actions.begin_filing(
        filed, Kind.CLOSE, FilingTold(reason="合并"), actor=city.operator, now=then
    )
    day = timezone.localdate(then)
    for step, who, given in (
        (Step.SIGN, city.operator, {"person": "丁一鸣"}),
        (Step.APPROVE, supervisor, {}),
        (Step.ANNOUNCE, city.operator, {"url": "https://yunxi.example/n"}),
    ):
        actions.take_step(filing, step, StepTaken(on=day, **given), actor=who, now=then)
    desk, office = at_desk(city.operator), at_desk(supervisor)
    page, address = (
        reverse("console:lifecycle"),
        reverse("console:lifecycle_filing", args=[filing.pk]),
    )
    late = office.get(page, {"pressing": "late"}).content.decode()
    assert "已超期 7 天" in late
    assert address in late
    assert address in desk.get(page, {"pressing": "mine"}).content.decode()
    assert address not in office.get(page, {"pressing": "review"}).content.decode()
    assert address not in office.get(page, {"pressing": "soon"}).content.decode()
    assert "备案已超期的账号" in desk.get(reverse("console:home")).content.decode()
    assert "本地期限（地方规定），2日（自然日）内报市府办" in desk.get(address).content.decode()
    rules = desk.get(reverse("console:filing_rules")).content.decode()
    assert "没有规定天数" in rules
    assert "本地文件" in rules
    sheet = desk.get(page, {"export": "csv"})
    content = b"".join(sheet.streaming_content) if sheet.streaming else sheet.content
    assert "https://yunxi.example/n" in content.decode("utf-8-sig")


def test_a_rule_that_cannot_be_read_is_told_on_the_page(
    at_desk: SignIn, city: City, own_home: Path
) -> None:
    (own_home / "filings").mkdir()
    (own_home / "filings" / "broken.toml").write_text("id = ", encoding="utf-8")
    page = at_desk(city.operator).get(reverse("console:filing_rules")).content.decode()
    assert "broken.toml" in page


@pytest.mark.parametrize(
    ("stage", "status", "kinds"),
    [("new", "active", ["open"]), ("planned", "planned", []), ("known", "active", [])],
)
def test_an_account_is_entered_as_new_planned_or_known(
    at_desk: SignIn, city: City, stage: str, status: str, kinds: list[str]
) -> None:
    said = {
        "name": "云溪户政", "platform": "weibo", "principal": "government", "stage": stage,
        "agency": city.police.pk, "affiliation": "government",
    }  # fmt: skip
    answer = at_desk(city.operator).post(reverse("console:account_new"), said)
    assert answer.status_code == 302
    made = Account.objects.get(name="云溪户政")
    assert made.status == status
    assert [each.kind for each in LifecycleFiling.objects.filter(account=made)] == kinds


def test_the_page_of_a_filing_is_english_but_for_the_sources(
    at_desk: SignIn, city: City, filed: Account
) -> None:
    desk = at_desk(city.operator)
    filing = begin(desk, filed, "close")
    with override("zh-hans"):  # Django's test client leaves the last request's language behind
        desk.post("/console/language/", {"language": "en", "next": "/console/"})
        page = desk.get(reverse("console:lifecycle_filing", args=[filing.pk])).content.decode()
    for words in (
        "Filing of a closing", "Waits for the unit’s signature", "National rule",
        "Our proposal", "Runs once it has happened", "Record the signature and submit",
    ):  # fmt: skip
        assert words in page.replace("&#x27;", "’"), words


def test_what_is_the_others_is_not_found_and_nothing_moves(
    at_desk: SignIn, city: City, supervisor: Staff, filed: Account
) -> None:
    desk, office = at_desk(city.operator), at_desk(supervisor)
    filing = begin(desk, filed, "close")
    page, today = reverse("console:lifecycle_filing", args=[filing.pk]), f"{timezone.localdate()}"
    signing = {"act": "sign", "sign-person": "甲", "sign-on": today}
    assert office.post(page, signing).status_code == 404  # the unit's
    desk.post(page, signing)
    other = agencies.add_staff(
        username="zhouhang", name="周航", agency=city.police, role=Role.OPERATOR,
        password=PASSWORD, must_change_password=False, actor=SETUP, now=timezone.now(),
    )  # fmt: skip
    for act in ("approve", "return"):  # the office's
        given = {"act": act, f"{act}-on": today, f"{act}-reason": "缺去向"}
        assert at_desk(other).post(page, given).status_code == 404
    assert desk.post(page, {"act": "done"}).status_code == 404
    assert desk.post(page, {"act": "sign"}).status_code == 422  # not twice
    filing.refresh_from_db()
    assert filing.step == "approve"
    assert (
        at_desk(other).get(reverse("console:lifecycle_new", args=[filed.pk, "rename"])).status_code
        == 404
    )
