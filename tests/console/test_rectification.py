"""《问题整改台账》 at the desks of a supervisor and of the unit's clerk."""

import csv
import io
from datetime import datetime, timedelta

import docx
import pytest
from django.conf import LazySettings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from minxin.accounts import actions as accounts
from minxin.accounts.models import Account
from minxin.agencies import actions as agencies
from minxin.agencies.models import Staff
from minxin.agencies.rules import Role
from minxin.supervision import actions
from minxin.supervision.models import Defence, Evidence, Feedback, Finding, RectificationNotice
from tests.console.conftest import SignIn
from tests.support.city import PASSWORD, SETUP, City

DAY = timedelta(days=1)
PNG = b"\x89PNG\r\n\x1a\n" + bytes(64)
WORDS = "请按期整改并反馈。"


@pytest.fixture(autouse=True)
def own_files(settings: LazySettings, tmp_path_factory: pytest.TempPathFactory) -> None:
    settings.MEDIA_ROOT = tmp_path_factory.mktemp("files")


@pytest.fixture
def supervisor(city: City, now: datetime) -> Staff:
    return agencies.add_staff(
        username="huangwei", name="黄薇", agency=city.root, role=Role.SUPERVISOR, password=PASSWORD,
        must_change_password=False, actor=SETUP, now=now,
    )  # fmt: skip


@pytest.fixture
def desk(supervisor: Staff, at_desk: SignIn) -> Client:
    return at_desk(supervisor)


@pytest.fixture
def clerk(city: City, at_desk: SignIn) -> Client:
    return at_desk(city.operator)


def opened(
    supervisor: Staff, account: Account, now: datetime, title: str = "页面有商业广告"
) -> Finding:
    return actions.open_finding(
        account=account, indicator="content.ad", title=title, severity="major", origin="manual",
        facts={"detail": "信息末尾有商业广告。", "title": "周末天气", "wrong": "广告", "right": "删去"},
        actor=supervisor, now=now,
    )  # fmt: skip


@pytest.fixture
def finding(supervisor: Staff, city: City, now: datetime) -> Finding:
    return opened(supervisor, city.account, now)


def notified(finding: Finding, supervisor: Staff, now: datetime) -> RectificationNotice:
    return actions.issue_notice([finding], requirement=WORDS, actor=supervisor, now=now)


def signed(finding: Finding, supervisor: Staff, city: City, now: datetime) -> None:
    actions.sign_notice(notified(finding, supervisor, now), actor=city.operator, now=now)


def page(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def state(finding: Finding) -> str:
    return Finding.objects.get(pk=finding.pk).state


def typed(act: str, **given: object) -> dict[str, object]:
    return {"act": act} | {f"{act}-{name}": value for name, value in given.items()}


def test_from_the_list_to_the_end_over_the_pages(
    desk: Client, clerk: Client, finding: Finding
) -> None:
    url = f"/console/rectification/{finding.pk}/"
    chosen = desk.post("/console/rectification/", {"act": "notify", "picked": finding.pk})
    form = page(desk, chosen["Location"])
    assert "信息末尾有商业广告" in form
    assert "系统建议" in form
    sent = desk.post(chosen["Location"], {"requirement": WORDS, "due_on": ""})
    notice = RectificationNotice.objects.get()
    assert sent["Location"] == f"/console/rectification/notices/{notice.pk}/"
    assert notice.number in page(clerk, "/console/to-rectify/")
    assert "待签收的整改通知" in page(clerk, "/console/")
    assert clerk.post(sent["Location"]).status_code == 302
    today = timezone.localdate()
    answered = clerk.post(
        url,
        typed(
            "answer", measure="delete", done="已删除这条信息。", done_on=today.isoformat(),
            link="https://mp.weixin.qq.com/s/x", file=SimpleUploadedFile("页面.png", PNG),
        ),
    )  # fmt: skip
    assert answered.status_code == 302
    assert Feedback.objects.get().evidence.sha256 == Evidence.objects.get().sha256 != ""
    assert "待审核的整改反馈" in page(desk, "/console/")
    assert desk.post(url, typed("approve", reason="")).status_code == 302
    closing = desk.post(url, typed("close", link="", reason=""))
    assert (closing.status_code, state(finding)) == (422, "reviewed")
    assert "请附上您复查时看到的链接或截图" in closing.content.decode()
    link = "https://mp.weixin.qq.com/s/y"
    assert desk.post(url, typed("close", link=link, reason="已删除")).status_code == 302
    closed = page(desk, url)
    for words in (
        "已销号",
        "第 1 次反馈",
        "删除",
        "审核通过",
        "复查合格，销号",
        "何涛",
        "黄薇",
        notice.number,
    ):
        assert words in closed
    assert "已销号" in page(clerk, url)


def test_what_was_typed_stays_beside_the_reason_for_refusing_it(
    clerk: Client, finding: Finding, supervisor: Staff, city: City, now: datetime
) -> None:
    signed(finding, supervisor, city, now)
    answer = clerk.post(
        f"/console/rectification/{finding.pk}/",
        typed("answer", measure="delete", done="已删除这条信息。", done_on="2020-01-01", link=""),
    )
    words = answer.content.decode()
    assert (answer.status_code, state(finding)) == (422, "signed")
    for kept in ("已删除这条信息。", "2020-01-01", "完成日期不能早于"):
        assert kept in words


def test_a_second_press_finds_the_state_moved_on_and_keeps_the_words(
    clerk: Client, finding: Finding, supervisor: Staff, city: City, now: datetime
) -> None:
    signed(finding, supervisor, city, now)
    url, today = f"/console/rectification/{finding.pk}/", timezone.localdate().isoformat()
    form = typed(
        "answer",
        measure="delete",
        done="已删除这条信息。",
        done_on=today,
        link="https://a.example/1",
    )
    assert clerk.post(url, form).status_code == 302
    again = clerk.post(url, form)
    assert (again.status_code, Feedback.objects.count()) == (422, 1)
    assert "可能刚刚有人处理过" in again.content.decode()
    assert "已删除这条信息。" in again.content.decode()


def test_the_clerk_disputes_and_asks_for_time(
    clerk: Client, desk: Client, finding: Finding, supervisor: Staff, city: City, now: datetime
) -> None:
    signed(finding, supervisor, city, now)
    url = f"/console/rectification/{finding.pk}/"
    until = (timezone.localdate() + 30 * DAY).isoformat()
    assert (
        clerk.post(url, typed("ask_extension", until=until, reason="系统改版")).status_code == 302
    )
    assert f"申请延期至 {until}" in page(desk, url)
    assert desk.post(url, typed("grant", reason="")).status_code == 302
    given = {"kind": "false_alarm", "statement": "这是公益活动", "link": "https://a.example/2"}
    assert clerk.post(url, typed("dispute", **given)).status_code == 302
    assert "这是公益活动" in page(desk, url)
    assert desk.post(url, typed("accept", reason="核实为公益活动")).status_code == 302
    assert (state(finding), Defence.objects.get().status) == ("withdrawn", "accepted")
    lessons = page(desk, "/console/rectification/lessons/")
    for words in ("按规则汇总", "这是公益活动", "核实为公益活动"):
        assert words in lessons
    assert "这是公益活动" in page(clerk, "/console/rectification/lessons/")


def test_each_sees_only_what_she_may_do(
    desk: Client, clerk: Client, finding: Finding, supervisor: Staff, city: City, now: datetime,
    at_desk: SignIn,
) -> None:  # fmt: skip
    url = f"/console/rectification/{finding.pk}/"
    assert "发整改通知单" in page(desk, url)
    assert "发整改通知单" not in page(clerk, url)
    signed(finding, supervisor, city, now)
    assert "反馈整改情况" in page(clerk, url)
    assert 'value="answer"' not in page(desk, url)
    for client, form in (
        (desk, typed("answer", measure="delete", done="代为反馈整改", done_on="2026-11-24")),
        (clerk, typed("approve", reason="")),
        (clerk, {"act": "dance"}),
        (clerk, {"act": "issue"}),
    ):
        assert client.post(url, form).status_code == 404
    for who in (city.wang, city.outsider, city.administrator):
        for address in (url, "/console/rectification/", "/console/to-rectify/"):
            assert at_desk(who).get(address).status_code == 404
    assert clerk.get("/console/rectification/notify/?finding=1").status_code == 404
    assert state(finding) == "signed"


def test_a_notice_goes_to_one_unit(
    desk: Client, finding: Finding, supervisor: Staff, city: City, now: datetime
) -> None:
    weibo = accounts.register(
        agency=city.water, name="云溪水务", platform="weibo", is_verified=True, actor=SETUP, now=now
    )
    other = opened(supervisor, weibo, now)
    address = f"/console/rectification/notify/?finding={finding.pk}&finding={other.pk}"
    shown = page(desk, address)
    assert "属于几个单位" in shown
    assert "没有在岗的账号运营员" in shown  # at the water bureau, nobody runs accounts
    refused = desk.post(address, {"requirement": WORDS})
    assert refused.status_code == 422
    assert "只能发给一个单位" in refused.content.decode()
    late = desk.post(
        f"/console/rectification/notify/?finding={finding.pk}",
        {"requirement": WORDS, "due_on": "2020-01-01"},
    )
    assert "整改期限要晚于现在" in late.content.decode()
    assert not RectificationNotice.objects.exists()
    assert desk.get("/console/rectification/notify/").status_code == 404
    notified(finding, supervisor, now)
    assert "现在不能发通知单" in page(desk, f"/console/rectification/notify/?finding={finding.pk}")


def test_the_late_ones_stand_first_and_are_counted(
    desk: Client, finding: Finding, supervisor: Staff, city: City, now: datetime
) -> None:
    second = opened(supervisor, city.account, now, "另一个问题")
    notified(second, supervisor, now - 30 * DAY)
    shown = page(desk, "/console/rectification/")
    assert shown.index("另一个问题") < shown.index("页面有商业广告")
    assert "已超期" in shown
    late = page(desk, "/console/rectification/?pressing=late")
    assert "另一个问题" in late
    assert "页面有商业广告" not in late
    assert "逾期没有反馈的问题" in page(desk, "/console/")
    assert "页面有商业广告" in page(desk, "/console/rectification/?q=待通知")
    assert "没有符合条件" in page(desk, "/console/rectification/?state=closed")


def test_the_sheet_has_the_columns_of_published_lists(desk: Client, finding: Finding) -> None:
    answer = desk.get("/console/rectification/?export=csv")
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    row = next(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))
    expected = {
        "主办单位": "云溪市公安局", "平台": "微信公众平台", "标题": "周末天气", "错误表述": "广告",
        "正确表述": "删去", "具体情况": "信息末尾有商业广告。", "严重程度": "较重", "整改状态": "待通知",
    }  # fmt: skip
    assert {name: row[name] for name in expected} == expected
    for name in ("链接", "发布时间", "发现时间", "整改期限", "通知单号", "整改措施", "办结时间"):
        assert name in row


def test_a_finding_whose_account_moved_is_sent_anew_and_the_old_unit_sees_it_no_more(
    desk: Client, clerk: Client, finding: Finding, supervisor: Staff, city: City, now: datetime,
    at_desk: SignIn,
) -> None:  # fmt: skip
    signed(finding, supervisor, city, now)
    accounts.transfer(city.account, city.water, reason="职责调整", actor=SETUP, now=now)
    url = f"/console/rectification/{finding.pk}/"
    assert clerk.get(url).status_code == 404
    assert "向新的主办单位改发通知单" in page(desk, url)
    old = RectificationNotice.objects.get()
    assert "账号已移交给别的单位" in page(clerk, f"/console/rectification/notices/{old.pk}/")
    there = agencies.add_staff(
        username="zhoumin", name="周敏", agency=city.water, role=Role.OPERATOR, password=PASSWORD,
        must_change_password=False, actor=SETUP, now=now,
    )  # fmt: skip
    unit = page(at_desk(there), url)
    assert old.number in unit
    assert f"notices/{old.pk}/" not in unit  # it was another unit's
    assert "现在没有要您处理的" in unit
    address = f"/console/rectification/notify/?finding={finding.pk}"
    assert desk.post(address, {"requirement": WORDS}).status_code == 302
    assert RectificationNotice.objects.latest("id").unit == city.water


def test_a_supervisor_opens_a_finding_by_hand_with_evidence(
    desk: Client, clerk: Client, city: City
) -> None:
    address = f"/console/rectification/report/{city.account.pk}/"
    assert address in page(desk, f"/console/supervision/accounts/{city.account.pk}/")
    assert address not in page(clerk, f"/console/supervision/accounts/{city.account.pk}/")
    given = {
        "indicator": "content.wording",
        "severity": "minor",
        "detail": "地名写错了。",
        "wrong": "云西",
    }
    bare = desk.post(address, given)
    assert (bare.status_code, Finding.objects.count(), Evidence.objects.count()) == (422, 0, 0)
    assert "至少一样" in bare.content.decode()
    assert "地名写错了。" in bare.content.decode()
    sent = desk.post(address, given | {"link": "https://mp.weixin.qq.com/s/z"})
    finding = Finding.objects.get()
    assert sent["Location"] == f"/console/rectification/{finding.pk}/"
    assert (finding.origin, finding.title, finding.facts["wrong"]) == ("manual", "文字差错", "云西")
    assert finding.evidence == Evidence.objects.get()
    assert clerk.post(address, given).status_code == 404


def _text_of(content: bytes) -> str:
    document = docx.Document(io.BytesIO(content))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(each.text for each in document.paragraphs), *cells])


def test_the_notice_and_the_feedback_are_documents_to_be_sealed(
    desk: Client, clerk: Client, finding: Finding, supervisor: Staff, city: City, now: datetime
) -> None:
    notice = notified(finding, supervisor, now)
    address = f"/console/rectification/notices/{notice.pk}/"
    assert f"{address}paper/" in page(clerk, address)
    sent = clerk.get(f"{address}paper/")
    assert "attachment" in sent["Content-Disposition"]
    said = _text_of(sent.content)
    for words in (
        "问题整改通知单",
        notice.number,
        "云溪市公安局：",
        "信息末尾有商业广告。",
        WORDS,
        "签收人",
    ):
        assert words in said
    assert "何涛" not in said
    actions.sign_notice(notice, actor=city.operator, now=now)
    assert "何涛" in _text_of(clerk.get(f"{address}paper/").content)
    finding.refresh_from_db()
    kept = actions.answer_finding(
        finding, measure="delete", done="已删除这条信息。", done_on=timezone.localdate(now),
        proof=actions.Fresh(now, "https://mp.weixin.qq.com/s/x", ("页面.png", PNG)),
        actor=city.operator, now=now,
    )  # fmt: skip
    finding.refresh_from_db()
    actions.return_finding(finding, reason="截图看不清", actor=supervisor, now=now)
    assert f"/console/rectification/feedback/{kept.pk}/paper/" in page(
        desk, f"/console/rectification/{finding.pk}/"
    )
    said = _text_of(desk.get(f"/console/rectification/feedback/{kept.pk}/paper/").content)
    assert kept.evidence is not None
    for words in (
        "问题整改反馈单", "删除", "已删除这条信息。", kept.evidence.sha256, "系统不能自动判断",
        "退回重新整改：截图看不清（黄薇", notice.number,
    ):  # fmt: skip
        assert words in said


def test_a_longer_register_asks_the_database_no_more_often(
    desk: Client, finding: Finding, supervisor: Staff, city: City, now: datetime
) -> None:
    def asked(address: str) -> int:
        with CaptureQueriesContext(connection) as queries:
            assert desk.get(address).status_code == 200
        return len(queries)

    def longer() -> None:
        for _each in range(6):
            row = opened(supervisor, city.account, now)
            signed(row, supervisor, city, now)
            row.refresh_from_db()
            actions.answer_finding(
                row, measure="delete", done="已删除这条信息。", done_on=timezone.localdate(now),
                proof=actions.Fresh(now, "https://a.example/1"), actor=city.operator, now=now,
            )  # fmt: skip

    longer()
    addresses = ("/console/rectification/", "/console/rectification/?export=csv")
    asked(addresses[0])  # the first visit also writes her session
    before = [asked(each) for each in addresses]
    longer()
    assert [asked(each) for each in addresses] == before


def test_pages_are_whole_in_english(
    desk: Client, clerk: Client, finding: Finding, supervisor: Staff, city: City, now: datetime
) -> None:
    signed(finding, supervisor, city, now)
    for client in (desk, clerk):
        client.post("/console/language/", {"language": "en", "next": "/console/"})
    for client, address, words in (
        (desk, "/console/rectification/", "Rectification register"),
        (desk, f"/console/rectification/{finding.pk}/", "Being put right"),
        (clerk, "/console/to-rectify/", "Put it right and feed back"),
        (clerk, f"/console/rectification/{finding.pk}/", "Ask for more time"),
    ):
        assert words in client.get(address, headers={"Accept-Language": "en"}).content.decode()
