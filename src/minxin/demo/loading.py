"""Loading the city."""

import os
import secrets
import time
from datetime import datetime
from typing import TextIO

from minxin.accounts import actions as accounts
from minxin.accounts.models import Account
from minxin.agencies import actions as agencies
from minxin.agencies import audit
from minxin.agencies.models import Agency, AuditEntry, Role, Staff
from minxin.agencies.queries import divisions
from minxin.core.actors import System
from minxin.core.working_time import Span, Unit
from minxin.demo import sheets
from minxin.demo.cases import play_cases
from minxin.demo.comments import play_comments
from minxin.demo.dispatching import set_up_dispatching
from minxin.demo.duties import play_duties
from minxin.demo.edges import play_edges
from minxin.demo.filings import play_filings
from minxin.demo.findings import play_findings
from minxin.demo.graded import play_graded
from minxin.demo.handing import hand_a_district_over, play_handed_over
from minxin.demo.history import people_of_the_history, play_history
from minxin.demo.inspections import play_last_quarter, play_this_quarter
from minxin.demo.lookback import play_lookback
from minxin.demo.notices import play_notice, play_quarter
from minxin.demo.playing import connect, introduce, play_journeys
from minxin.demo.probes import play_probes
from minxin.demo.reminders import reach_staff
from minxin.demo.updates import play_updates, publish_articles
from minxin.knowledge.actions import import_entries
from minxin.knowledge.importing import read_rows
from minxin.knowledge.models import Entry
from minxin.supervision import actions as supervision
from minxin.tickets import actions as tickets
from minxin.tickets.models import Category

SYSTEM = System("demo")
LOADED = "demo.loaded"
# How many of the city's WeChat accounts are connected to the simulator; the main one first.
CONNECTED = 6

GREETING = (
    "您好，这里是云溪政务服务。\n"
    "想办什么事、想问什么政策，直接说就行，比如“身份证丢了怎么补”。\n"
    "反映问题，回复“我要反映”；找工作人员，回复“人工”；查办理进度，回复“进度”。"
)
WELCOME_BACK = (
    "欢迎回来，这里是云溪政务服务。\n"
    "您之前的个人资料在取消关注时已经删除。有问题直接问，需要反映问题回复“我要反映”。"
)


def load(*, now: datetime, stdout: TextIO) -> None:
    """Make what is missing, connect the accounts to the simulator, play the journeys once."""
    began = time.monotonic()

    def tell(words: str) -> None:
        print(f"  {words}（{time.monotonic() - began:.1f} 秒）", file=stdout, flush=True)

    is_loaded = AuditEntry.objects.filter(verb=LOADED).exists()
    if not is_loaded:
        load_divisions(now)
        load_agencies(now)
        load_staff(now)
        load_accounts(now)
        load_settings(now)
        tell(
            f"{Agency.objects.count()} 个机构，{Staff.objects.count()} 名人员，{Account.objects.count()} 个账号"
        )
        load_knowledge(now)
        tell(f"{Entry.objects.count()} 条知识")
        play_history(now)
        tell("一周的会话和工单")
    connect(main_accounts(), now=now)
    tell("账号已接通微信模拟器")
    if not is_loaded:
        told = play_journeys(now=now)
        introduce(sheets.rows("accounts")[0]["app_id"], people_of_the_history())
        tell(f"{told} 段对话已在手机上演示")
        checked = play_last_quarter(now)
        tell(f"上季度检查已签发，{checked} 个账号")
        publish_articles(main_accounts(), now)
        tell(f"一篇文章下有 {play_comments(main_accounts()[0], now)} 条留言")
        play_updates(now)
        supervision.keep_area("area.geojson", sheets.file("area.geojson"), actor=SYSTEM, now=now)
        tell("账号的更新情况已评定")
        tell(f"{play_findings(now)} 个问题在整改中")
        tell(f"上季度检查的通报已签发，共 {play_notice()} 个账号")
        tell(f"{play_lookback(now)} 次回头看扫描已完成")
        tell(f"{play_probes(now)} 个账号已做互动拨测")
        tell(f"{play_duties(now)} 件转载任务和责任事项在计时")
        tell(f"本季度检查进行中，{play_this_quarter(now)} 个账号")
        tell(f"{play_filings(now)} 项账号备案")
        tell(f"本季度报告已起草，共 {play_quarter(now)} 个账号")
        tell(f"{reach_staff(now)} 名工作人员可在企业微信（模拟）里收到提醒")
        tell(f"松岭县的诉求转交{hand_a_district_over(now)}")
        tell(set_up_dispatching(now))
        tell(f"{play_cases(now)} 件工单各在一种情形")
        tell(play_edges(now))
        tell(play_graded(now))
        tell(f"与承接平台对账，{play_handed_over(now)} 处不一致")
        audit.record(SYSTEM, LOADED, "云溪市", now=now)


def load_divisions(now: datetime) -> None:
    """Those of the city: it is on no map."""
    known = divisions()
    for row in sheets.rows("divisions"):
        if not known.name(row["code"]):
            agencies.keep_division(None, code=row["code"], name=row["name"], actor=SYSTEM, now=now)


def load_agencies(now: datetime) -> None:
    """The tree."""
    known = {agency.code: agency for agency in Agency.objects.all()}
    for row in sheets.rows("agencies"):
        if row["code"] in known:
            continue
        known[row["code"]] = agencies.add_agency(
            code=row["code"],
            name=row["name"],
            parent=known[row["parent"]] if row["parent"] else None,
            short_name=row["short_name"],
            region_code=row["region_code"],
            duty=row["duty"],
            phone=row["phone"],
            actor=SYSTEM,
            now=now,
        )


def load_staff(now: datetime) -> None:
    """The people; their password is MINXIN_DEMO_PASSWORD."""
    password = os.environ.get("MINXIN_DEMO_PASSWORD") or secrets.token_urlsafe(12)
    by_code = {agency.code: agency for agency in Agency.objects.all()}
    for row in sheets.rows("staff"):
        if not Staff.objects.filter(username=row["username"]).exists():
            person = agencies.add_staff(
                username=row["username"],
                name=row["name"],
                agency=by_code[row["agency"]],
                role=Role(row["role"]),
                password=password,
                must_change_password=False,
                accept_any_password=True,
                actor=SYSTEM,
                now=now,
            )
            if row["also"]:  # the same duty in a second agency
                agencies.grant_role(
                    person, by_code[row["also"]], Role(row["role"]), actor=SYSTEM, now=now
                )


def load_accounts(now: datetime) -> None:
    """The register; the first few get credentials of their own."""
    by_code = {agency.code: agency for agency in Agency.objects.all()}
    for number, row in enumerate(sheets.rows("accounts")):
        known = Account.objects.filter(name=row["name"], platform=row["platform"]).first()
        if known is not None:
            continue
        account = accounts.register(
            agency=by_code[row["agency"]],
            name=row["name"],
            platform=row["platform"],
            kind=row["kind"],
            is_verified=row["is_verified"] == "1",
            principal=row["principal"],
            positioning=row["positioning"],
            region_code=row["region_code"],
            original_id=row["original_id"],
            status=row["status"],
            # A federation is a mass organisation: rules for the government do not bind it.
            affiliation="mass" if row["agency"] == "disabled" else "government",
            opens_filing=False,  # they have long been running
            actor=SYSTEM,
            now=now,
        )
        if number < CONNECTED:
            accounts.set_credentials(
                account,
                app_id=row["app_id"],
                secret=secrets.token_hex(16),
                token=secrets.token_hex(8),
                aes_key=_aes_key(),
                actor=SYSTEM,
                now=now,
            )
        if number == 0:
            accounts.set_greetings(
                account, greeting=GREETING, welcome_back=WELCOME_BACK, actor=SYSTEM, now=now
            )


def _aes_key() -> str:
    letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
    return "".join(secrets.choice(letters) for _ in range(43))


def main_accounts() -> list[Account]:
    """The accounts that are connected, the city's main one first."""
    names = [row["name"] for row in sheets.rows("accounts")[:CONNECTED]]
    found = {
        account.name: account
        for account in Account.objects.filter(platform="wechat", name__in=names)
    }
    return [found[name] for name in names]


def load_settings(now: datetime) -> None:
    """Categories of tickets and the deadlines the city promises."""
    by_code = {agency.code: agency for agency in Agency.objects.all()}
    for row in sheets.rows("categories"):
        if not Category.objects.filter(code=row["code"]).exists():
            tickets.keep_category(
                code=row["code"],
                name=row["name"],
                agency=by_code[row["agency"]],
                keywords=row["keywords"],
                actor=SYSTEM,
                now=now,
            )
    for row in sheets.rows("presets"):
        tickets.keep_preset(
            code=row["code"],
            name=row["name"],
            source=row["source"],
            region_code=row["region_code"],
            nature=row["nature"],
            limit=Span(int(row["working_days"]), Unit.WORKING_DAYS),
            is_verified=row["is_active"] == "1",
            is_active=row["is_active"] == "1",
            actor=SYSTEM,
            now=now,
        )
    tickets.load_presets(actor=SYSTEM, now=now)


def load_knowledge(now: datetime) -> None:
    """The answers, through the same door as any city's sheet."""
    sheet = read_rows(sheets.cells("knowledge"), Agency.objects.all(), None)
    if sheet.errors:
        raise SystemExit(f"示例知识有误：{sheet.errors[:5]}")
    import_entries(sheet.rows, actor=SYSTEM, now=now)
