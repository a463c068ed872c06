"""Tickets that show what can become of one: disputed, merged, co-handled, supervised, in review, called back,
published, paused, answered with others, not accepted, still to be dispatched, inspected afterwards."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone

from minxin.accounts.models import Account
from minxin.agencies.models import Agency, Staff
from minxin.citizens.actions import keep_contact
from minxin.citizens.identity import key_of
from minxin.citizens.models import Citizen
from minxin.citizens.rules import CONSENT_VERSION
from minxin.conversations.actions import note_history_delivered
from minxin.demo import sheets
from minxin.demo.history import moment
from minxin.demo.playing import openid_of
from minxin.tickets import actions as tickets
from minxin.tickets import queries
from minxin.tickets.actions.routing import route_waiting
from minxin.tickets.models import Publication, Ticket
from minxin.tickets.tasks import answer_batch

# Who answers, dispatches, decides and supervises.
DISPATCHER, RETURNS, DISPUTES, LEAD = "wangfang", "sujing", "heping", "huangwei"
SECOND_JUDGE, SAMPLED = "gaojie", "工单抽查示例"


class Office:
    """The people of the city, and time as it was."""

    def __init__(self, now: datetime, *, keys: str = "demo") -> None:
        self.now, self._keys = now, keys
        app_id = sheets.rows("accounts")[0]["app_id"]
        self.account = Account.objects.get(app_id=app_id)
        self._filed = 0

    def at(self, days_ago: float, clock: str) -> datetime:
        return moment(self.now, days_ago, clock)

    def who(self, username: str) -> Staff:
        return Staff.objects.get(username=username)

    def agency(self, code: str) -> Agency:
        return Agency.objects.get(code=code)

    def citizen(self, nickname: str) -> Citizen:
        return Citizen.objects.get(pk=key_of(self.account.app_id or "", openid_of(nickname)))

    def link(self, ticket: Ticket) -> str:
        return f"{settings.MINXIN_PUBLIC_URL}/m/{self.account.app_id}/tickets/{ticket.number}/"

    def file(
        self,
        nickname: str,
        text: str,
        place: str,
        at: datetime,
        *,
        is_routed: bool = True,
        **more: Any,
    ) -> Ticket:
        """As her phone does, with the router looking at it a moment later, unless a person dispatches it."""
        citizen, self._filed = self.citizen(nickname), self._filed + 1
        made = tickets.file(
            text=text, place=place, citizen=citizen, account=self.account, source="portal",
            key=f"{self._keys}:{self._filed}", actor=citizen, now=at, **more,
        )  # fmt: skip
        if is_routed:
            route_waiting(now=at + timedelta(minutes=1))
        made.refresh_from_db()
        return made

    def give(self, ticket: Ticket, code: str, at: datetime) -> None:
        """Dispatched by a person where the system was not sure enough, and signed by the agency."""
        agency = self.agency(code)
        if ticket.agency_id != agency.pk:
            tickets.assign(ticket, agency, reason="", actor=self.who(DISPATCHER), now=at)

    def answer(self, ticket: Ticket, text: str, by: str, at: datetime) -> None:
        tickets.answer(ticket, text, link=self.link(ticket), actor=self.who(by), now=at)


def play_cases(now: datetime) -> int:
    """All of them; how many tickets were filed for it."""
    office = Office(now)
    before = Ticket.objects.count()
    for case in CASES:
        case(office)
    _inspected(office)
    note_history_delivered(now)
    for row in (_answered_together, _to_dispatch):
        row(office)
    return Ticket.objects.count() - before


def _disputed_then_in_review(office: Office) -> None:
    """One agency says it is another's, an arbiter decides, the other writes a reply that waits for review."""
    ticket = office.file(
        "林间", "路口的施工围挡占了整条人行道，孩子上学只能走机动车道，晚上也没有灯，很危险",
        "青禾路与文化路口", office.at(6, "09:10"), coordinates=(2.91, 2.44),
    )  # fmt: skip
    office.give(ticket, "urban", office.at(6, "09:40"))
    hejun, fengyu = office.who("hejun"), office.who("fengyu")
    claim: dict[str, Any] = {
        "proper_agency": office.agency("housing"),
        "reason": "围挡在建设工地红线内，由建设工地的主管部门管理。",
        "legal_basis": "《建设工程安全生产管理条例》第四十条",
    }
    tickets.ask_return(ticket, **claim, actor=hejun, now=office.at(6, "10:30"))
    tickets.refuse_return(
        ticket, decision="围挡占用城市道路，按职责清单由城管办理。", actor=office.who(RETURNS),
        now=office.at(6, "14:20"),
    )  # fmt: skip
    tickets.dispute(ticket, **claim, actor=hejun, now=office.at(5, "09:15"))
    tickets.arbitrate(
        ticket, agency=office.agency("housing"),
        decision="现场核实，围挡是建设工地的临时设施，由市住建局办理，城管局配合。",
        actor=office.who(DISPUTES), now=office.at(4, "11:00"),
    )  # fmt: skip
    tickets.sign(ticket, actor=fengyu, now=office.at(4, "14:30"))
    tickets.submit_reply(
        ticket,
        "经现场核查，青禾路与文化路口的围挡是地铁出入口工地的临时设施，占用人行道没有办理延期。"
        "施工单位已把围挡后退 2.5 米，恢复人行道，并加装 6 盏警示灯，今天中午前完成。"
        "如仍有不便，请拨打市住建局质安科电话 0999-5551101。",
        actor=fengyu, now=office.now - timedelta(hours=2),
    )  # fmt: skip


def _supervised(office: Office) -> None:
    """A supervisor watches it; its agency asks for more time, and somebody has to decide."""
    ticket = office.file(
        "青禾阿姨", "雨水井盖不见了，只用一块木板盖着，昨天有老人绊倒", "翠湖苑东门外",
        office.at(3, "18:40"), coordinates=(3.12, 2.05),
    )  # fmt: skip
    office.give(ticket, "urban", office.at(2, "09:05"))
    hejun = office.who("hejun")
    tickets.sign(ticket, actor=hejun, now=office.at(2, "09:40"))
    tickets.flag(
        ticket, "supervised", level=2, reason="已有人受伤，请两天内恢复井盖并报结果。",
        document="云督〔2026〕31号", actor=office.who(LEAD), now=office.at(2, "15:10"),
    )  # fmt: skip
    tickets.note(
        ticket, "已放置警示桩，井盖型号特殊，厂家后天到货。", actor=hejun, now=office.at(1, "10:20")
    )
    tickets.ask_extension(
        ticket, working_days=2, reason="井盖为专用型号，需等厂家到货后安装，现场已设围护。",
        legal_basis="《云溪市诉求办理时限（示例）》第六条", actor=hejun, now=office.at(1, "10:30"),
    )  # fmt: skip


def _co_handled(office: Office) -> None:
    """Two units do their parts: one has answered, one has not taken its part yet."""
    ticket = office.file(
        "静水流深", "每天晚上六点以后水压不足，三楼以上洗不了澡，已经一个星期", "幸福里小区",
        office.at(3, "20:15"),
    )  # fmt: skip
    office.give(ticket, "water", office.at(2, "09:00"))
    sunli, fengyu = office.who("sunli"), office.who("fengyu")
    tickets.sign(ticket, actor=sunli, now=office.at(2, "09:20"))
    task = tickets.name_co_handler(
        ticket, office.agency("housing"), asked="请核查小区二次供水设备由谁维护、是否正常。",
        working_days=2, actor=sunli, now=office.at(2, "10:00"),
    )  # fmt: skip
    tickets.name_co_handler(
        ticket, office.agency("qinghe"), asked="请组织物业和居民代表现场见证测压。",
        working_days=2, actor=sunli, now=office.at(2, "10:05"),
    )  # fmt: skip
    tickets.sign_co_task(task, actor=fengyu, now=office.at(2, "11:30"))
    task.refresh_from_db()
    tickets.answer_co_task(
        task, "二次供水泵房由物业维护，两台泵中一台停机，已责令物业更换轴承，明天恢复。",
        actor=fengyu, now=office.at(1, "16:40"),
    )  # fmt: skip


def _merged(office: Office) -> None:
    """Two citizens report one thing; others met with it too, so that it is hot."""
    lead = Ticket.objects.get(text__contains="信号灯配时太短")
    ticket = office.file(
        "小满", "云顶大道文化路口的信号灯绿灯太短，行人走到一半就变红，老人走不完",
        "云顶大道与文化路口", office.at(1, "08:10"),
    )  # fmt: skip
    office.give(ticket, "traffic", office.at(1, "08:20"))
    tickets.merge(
        ticket,
        lead,
        reason="同一个路口，同一件事",
        actor=office.who("guoqiang"),
        now=office.at(1, "09:30"),
    )
    for nickname, clock in (("阿梅", "12:10"), ("柚子", "13:25"), ("向日葵", "17:50")):
        tickets.follow(lead, actor=office.citizen(nickname), now=office.at(1, clock))


def _called_back(office: Office) -> None:
    """She left a number: after the answer a colleague is to call her."""
    citizen, filed = office.citizen("老周"), office.at(3, "08:50")
    keep_contact(
        citizen, real_name="", phone="0999-5558812", consent_version=CONSENT_VERSION, actor=citizen,
        now=filed,
    )  # fmt: skip
    ticket = office.file("老周", "河边步道连着五盏路灯不亮，晚上散步看不清台阶", "翠湖步道", filed)
    office.give(ticket, "urban", office.at(3, "09:30"))
    tickets.sign(ticket, actor=office.who("hejun"), now=office.at(3, "10:00"))
    office.answer(
        ticket,
        "翠湖步道五盏路灯因电缆接头进水跳闸，检修人员已更换接头并做防水，昨晚全部恢复照明。"
        "再有故障请拨打路灯抢修电话 0999-5551201。",
        "hejun", office.at(1, "16:20"),
    )  # fmt: skip


def _published(office: Office) -> None:
    """Answered enquiries that citizens agreed to have shown: one is, one waits for a person."""
    asked = office.file(
        "旧时光", "请问云溪图书馆周末开放到几点，可以带孩子在里面写作业吗", "云溪图书馆",
        office.at(5, "19:30"), may_publish=True, coordinates=(2.62, 2.71),
    )  # fmt: skip
    wished = office.file(
        "云上的日子", "建议在高铁站出口增加去政务服务中心的公交指引牌，外地来办事的人找不到车", "高铁站",
        office.at(5, "20:10"), may_publish=True,
    )  # fmt: skip
    for ticket in (asked, wished):
        tickets.accept(ticket, actor=office.who(DISPATCHER), now=office.at(4, "09:20"))
    office.answer(
        asked, "云溪图书馆周六、周日开放到 20:00，二楼少儿阅览区可以写作业，无需预约。咨询电话 0999-5551901。",
        DISPATCHER, office.at(4, "15:30"),
    )  # fmt: skip
    office.answer(
        wished, "已与公交中心和高铁站商定，在出站口和公交站台各设一块指引牌，下周五前安装完毕。",
        DISPATCHER, office.at(3, "10:40"),
    )  # fmt: skip
    row = Publication.objects.get(ticket=asked)
    tickets.release(
        row, text=asked.text, answer=asked.answer, place="云溪图书馆", actor=office.who(RETURNS),
        now=office.at(3, "11:30"),
    )  # fmt: skip


def _waits_for_her(office: Office) -> None:
    """The clock stands still until the citizen says more."""
    ticket = Ticket.objects.get(text__contains="楼下烧烤店油烟")
    tickets.stop_clock(
        ticket, stop_reason="citizen", reason="请补充店名，以及油烟最大的是几点到几点。",
        legal_basis="《云溪市诉求办理时限（示例）》第八条", actor=office.who("hanxue"),
        now=office.at(1, "10:50"),
    )  # fmt: skip


def _not_accepted(office: Office) -> None:
    """Not for this channel: she is told which is."""
    ticket = office.file("阿珍", "对行政处罚决定不服，要求撤销这张罚单", "", office.at(2, "11:40"))
    chosen = next(each for each in queries.redirects(office.account) if "复议" in each.name)
    tickets.not_accept(
        ticket, chosen, reason="对行政处罚不服，应当申请行政复议或者提起行政诉讼。",
        link=office.link(ticket), actor=office.who(DISPATCHER), now=office.at(2, "14:05"),
    )  # fmt: skip


def _confidential(office: Office) -> None:
    """Nobody outside the handling unit sees that it exists, but for who dispatched it."""
    ticket = office.file(
        "柚子", "上班的公司一直不给我们交社保，怕被报复，请保密", "", office.at(1, "12:30"),
        is_confidential=True,
    )  # fmt: skip
    office.give(ticket, "social", office.at(1, "14:00"))
    tickets.sign(ticket, actor=office.who("xuyan"), now=office.at(1, "14:40"))


def _inspected(office: Office) -> None:
    """Some of last week's replies are read by two people apart; they differ once."""
    day = timezone.localtime(office.now).date()
    lead, second = office.who(LEAD), office.who(SECOND_JUDGE)
    made = tickets.open_inspection(
        office.agency("yunxi"), period_from=day - timedelta(days=7), period_until=day, aql="6.5",
        level="II", judges=[lead, second], actor=lead, now=office.now - timedelta(hours=3),
        seed=SAMPLED,
    )  # fmt: skip
    rows = list(made.replies.order_by("number"))
    at = office.now - timedelta(hours=1)
    for number, row in enumerate(rows[:-1]):
        tickets.judge_reply(row, is_good=True, actor=lead, now=at)
        if number < len(rows) - 2:
            doubt: dict[str, Any] = {"is_good": True}
            if number == 0:
                doubt = {"is_good": False, "faults": ["no_action"], "words": "没有写由谁负责。"}
            tickets.judge_reply(row, **doubt, actor=second, now=at)


def _answered_together(office: Office) -> None:
    """The same words to two citizens who asked the same."""
    at = office.now - timedelta(hours=1)
    rows = [
        office.file(nickname, text, "东桥片区", at)
        for nickname, text in (
            ("秋水", "东桥片区今天停水，请问几点恢复"), ("豆豆爸", "请问东桥这边停水要到什么时候"),
        )
    ]  # fmt: skip
    sunli = office.who("sunli")
    batch = tickets.start_batch(
        [each.pk for each in rows],
        "东桥片区主管道抢修，预计今天 20:00 前恢复供水，东桥街道设有临时取水点。抢修电话 0999-5551401。",
        agency=office.agency("water"), actor=sunli, now=office.now,
    )  # fmt: skip
    answer_batch(batch.pk, clock=lambda: office.now)


def _to_dispatch(office: Office) -> None:
    """What the system is not sure of waits for a person."""
    for nickname, text, place in (
        ("西瓜", "人行道上的井盖碎了一角，骑车差点摔倒", "建设路"),
        ("大山", "建设工地的渣土车把路面压坏了，雨天全是积水", "滨江大道"),
        ("梅子妈妈", "请问孩子跟外公外婆住，入学要怎么算学区", ""),
    ):
        office.file(nickname, text, place, office.now - timedelta(minutes=40))


CASES: tuple[Callable[[Office], None], ...] = (
    _disputed_then_in_review, _supervised, _co_handled, _merged, _called_back, _published, _waits_for_her,
    _not_accepted, _confidential,
)  # fmt: skip
