"""What a city sees seldom: a ticket called malicious, what is reported of an official, asking again apart from the
unit, another system that listens; and what editors keep beside the entries: documents, synonyms, ready words."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone

from minxin.agencies.models import Agency
from minxin.conversations.actions import note_history_delivered
from minxin.conversations.actions.desk import add_tag, put_tag
from minxin.conversations.actions.replies import ReplyDraft, add_reply
from minxin.conversations.models import Dialogue
from minxin.demo import sheets
from minxin.demo.cases import DISPATCHER, RETURNS, SECOND_JUDGE, Office
from minxin.demo.handing import RECEIVER
from minxin.knowledge import actions as knowledge
from minxin.knowledge.actions.synonyms import SynonymDraft, add_synonyms
from minxin.text.documents import passages
from minxin.text.documents.plain import read_plain
from minxin.tickets import actions as tickets
from minxin.tickets.actions.webhooks import WebhookDraft, keep_webhook, pause_webhook, send_test
from minxin.tickets.models import Ticket
from minxin.tickets.rules.survey import Quarter, quarter_of
from minxin.tickets.rules.webhooks import EVENTS
from minxin.tickets.tasks import survey_page

ADMINISTRATOR, EDITOR, REVIEWER, DISCIPLINE = "liuyang", "zhoulin", "zhaoming", "luoyan"
CLOSED_BEFORE = timedelta(days=6)
SURVEYED_AFTER = 3


def play_edges(now: datetime) -> str:
    """All of it; in a few words what there is."""
    office = Office(now, keys="demo-edge")
    asked = _asked_apart(office)
    _listened_to(office)
    _close_together(office)
    _called_malicious(office)
    _reported(office)
    documents, words = _documents(office), _words(office)
    _ready(office)
    note_history_delivered(now)
    return f"{asked} 份独立回访，{documents} 件政策文件，{words} 组同义词，恶意认定、专人登记、工单推送各有几例"


def _asked_apart(office: Office) -> int:
    """In the last quarter that is told: citizens whose tickets were closed are asked by the platform itself,
    and most answer."""
    quarter = quarter_of(timezone.localdate(office.now))
    while not quarter.is_over(timezone.localdate(office.now)):
        quarter = quarter.previous
    asked = _noon(quarter)
    script: Any = sheets.script("survey")
    for code in dict.fromkeys(row["agency"] for row in script):
        tickets.keep_policy(
            office.agency(code), {"survey_after_days": SURVEYED_AFTER},
            actor=office.who(ADMINISTRATOR), now=asked - timedelta(days=30),
        )  # fmt: skip
    told: list[tuple[Ticket, Sequence[str]]] = []
    for number, row in enumerate(script):
        at = asked - CLOSED_BEFORE - timedelta(days=number % 4, hours=number % 3)
        filed = at - timedelta(days=2)
        ticket = office.file(row["who"], row["text"], row["place"], filed, is_routed=False)
        office.give(ticket, row["agency"], filed + timedelta(minutes=20))
        if ticket.status == Ticket.Status.SUBMITTED:
            tickets.accept(ticket, actor=office.who(row["by"]), now=at - timedelta(days=1))
        office.answer(ticket, row["answer"], row["by"], at - timedelta(hours=1))
        tickets.rate(ticket, row["rated"], actor=office.citizen(row["who"]), now=at)
        told.append((ticket, row["said"]))
    many = tickets.ask_surveys(survey_page, now=asked)
    for number, (ticket, said) in enumerate(told):
        if said:
            resolved, level, words = said
            at = asked + timedelta(hours=3 + number)
            citizen = office.citizen(script[number]["who"])
            tickets.answer_survey(
                ticket, resolved=resolved, level=level, words=words, actor=citizen, now=at
            )
    return many


def _noon(quarter: Quarter) -> datetime:
    """A working hour in the middle of it."""
    day: date = quarter.first + timedelta(days=45)
    return timezone.make_aware(datetime.combine(day, time(11)))


def _listened_to(office: Office) -> None:
    """Two systems hear of steps: one takes what it is told, one is paused, so that what happens waits."""
    actor, top = office.who(ADMINISTRATOR), office.agency("yunxi")
    base = f"http://127.0.0.1:{settings.MINXIN_HOTLINE_PORT}{RECEIVER}"
    before = office.now - timedelta(days=2)
    hearing, _secret = keep_webhook(
        None, WebhookDraft(name="督查系统（模拟）", url=base, events=list(EVENTS)), agency=top,
        actor=actor, now=before,
    )  # fmt: skip
    paused, _secret = keep_webhook(
        None, WebhookDraft(name="数据共享平台（模拟）", url=f"{base}?to=data", events=list(EVENTS)),
        agency=top, actor=actor, now=before,
    )  # fmt: skip
    send_test(hearing, actor=actor, now=office.now)
    pause_webhook(paused, True, actor=actor, now=office.now - timedelta(days=1))


def _close_together(office: Office) -> None:
    """Open ones within a kilometre of the hoarding of `cases`: dots on the sketch of the place."""
    for nickname, text, at in (
        ("橘子", "青禾路工地围挡外的人行道积水，下雨天要绕到机动车道", (2.9136, 2.4431)),
        ("阿强", "青禾路公交站牌被施工挡住，看不到是几路车", (2.9063, 2.4378)),
        ("春风里", "青禾路夜里渣土车按喇叭，十一点以后还在进出", (2.9081, 2.4447)),
    ):
        ticket = office.file(nickname, text, "青禾路", office.at(2, "16:10"), coordinates=at)
        office.give(ticket, "urban", office.at(2, "16:40"))


def _called_malicious(office: Office) -> None:
    """One waits to be confirmed, of one the appeal waits for a third, one was lifted on appeal."""
    by, second, third = (office.who(each) for each in (RETURNS, REVIEWER, SECOND_JUDGE))
    waits = office.file(
        "北方的风", "江心岛上有鳄鱼上岸，请派人去抓，不抓我天天报", "江心岛", office.at(1, "22:40")
    )
    heard = office.file(
        "阿强",
        "文化广场地下埋了宝藏，请马上停工开挖，否则后果自负",
        "文化广场",
        office.at(4, "21:15"),
    )
    lifted = office.file(
        "春风里", "学府路拐角的消防栓往外喷水，昨天说来修也没来", "学府路", office.at(5, "08:20")
    )
    said = (
        (waits, "江心岛由园区封闭管理，同一内容两天提交四次。", "值班记录和园区监控，均未见异常。"),
        (
            heard,
            "广场没有施工，也没有地下文物，同一内容反复提交。",
            "现场照片三张，文物部门书面答复一份。",
        ),
        (lifted, "到场两次没有找到消防栓。", "现场记录两份。"),
    )
    for number, (ticket, reason, evidence) in enumerate(said):
        tickets.propose_malicious(
            ticket, reason=reason, evidence=evidence, actor=by,
            now=office.at((1, 3, 4)[number], "23:10" if not number else "10:20"),
        )  # fmt: skip
    for ticket, decision, at in (
        (heard, "两次到文化广场核对，没有施工，也没有您说的情况。", office.at(3, "15:00")),
        (lifted, "两次到学府路核对，没有找到漏水的消防栓。", office.at(4, "15:30")),
    ):
        tickets.confirm_malicious(
            ticket, decision=decision, link=office.link(ticket), actor=second, now=at
        )
    tickets.appeal_malicious(
        heard, "我亲眼看见有人挖过，请再去看一次，我可以带路。", actor=office.citizen("阿强"),
        now=office.at(2, "20:05"),
    )  # fmt: skip
    tickets.appeal_malicious(
        lifted, "消防栓在拐角的花坛后面，门牌是文化路的，照片可以补。",
        actor=office.citizen("春风里"), now=office.at(3, "19:30"),
    )  # fmt: skip
    tickets.uphold_appeal(
        lifted, decision="在花坛后面找到漏水的消防栓，诉求属实。", link=office.link(lifted),
        actor=third, now=office.at(2, "09:40"),
    )  # fmt: skip


def _reported(office: Office) -> None:
    """What citizens report of officials goes into a register of its own; one was passed on."""
    officer = office.who(DISCIPLINE)
    passed = tickets.report_wrongdoing(
        text="窗口有工作人员收受中介的好处费，帮人插队办证，上个月我见过两次", place="政务服务大厅",
        citizen=office.citizen("橘子"), account=office.account, key="demo-edge:w1",
        now=office.at(6, "20:30"),
    )  # fmt: skip
    tickets.read_wrongdoing(passed, actor=officer, now=office.at(5, "09:10"))
    tickets.pass_on(
        passed, passed_to="派驻纪检监察组（示例）", told="您举报的情况已转交有权处理的机关，进展由其告知。",
        actor=officer, now=office.at(5, "09:40"),
    )  # fmt: skip
    tickets.report_wrongdoing(
        text="社区有干部把救助名额给了自己亲戚，涉嫌优亲厚友", place="", citizen=office.citizen("北方的风"),
        account=office.account, key="demo-edge:w2", now=office.at(1, "21:00"),
    )  # fmt: skip


def _documents(office: Office) -> int:
    """Rules of the city as files: two versions of one, so that the newer wins, and one that is still a draft."""
    actor = office.who(EDITOR)
    rows: Any = sheets.script("documents")
    for row in rows:
        text = row["text"]
        at = office.now - timedelta(days=row["added_days_ago"])
        draft = knowledge.DocumentDraft(
            title=row["title"], document_number=row["number"], issuing_agency=row["issuer"],
            region_code="990100", topic=row["topic"], issued_on=date.fromisoformat(row["issued_on"]),
            effective_on=date.fromisoformat(row["effective_on"]), file_name=f"{row['title']}.txt",
            link=f"https://www.yunxi.example/policy/{row['code']}",
        )  # fmt: skip
        document, _is_new = knowledge.add_document(
            text.encode(), draft, passages(read_plain(text).blocks),
            agency=Agency.objects.get(code=row["agency"]), actor=actor, now=at,
        )  # fmt: skip
        if row["is_published"]:
            knowledge.publish_document(document, actor=actor, now=at + timedelta(minutes=30))
    return len(rows)


def _words(office: Office) -> int:
    """What citizens say for what the city calls otherwise."""
    sets = (
        ("云溪通", "云溪码 云溪app", True),
        ("老年优待卡", "老人卡 敬老卡", True),
        ("一窗通办", "综合窗口 综窗", False),
    )
    for word, others, both_ways in sets:
        add_synonyms(
            SynonymDraft(word, others, both_ways), agency=office.agency("yunxi"),
            actor=office.who(EDITOR), now=office.at(3, "10:00"),
        )  # fmt: skip
    return len(sets)


def _ready(office: Office) -> None:
    """Ready words, and words for conversations."""
    actor, agency = office.who(DISPATCHER), office.agency("hotline")
    for title, text in (
        ("请补充地点", "您好，请补充具体地点（路名、门牌或小区），我们马上转交承办单位。"),
        ("已转承办单位", "您反映的情况已转承办单位，进展写在“我的诉求”里，回复“进度”随时可查。"),
        ("下班时间", "现在是下班时间，紧急情况请拨打 110、119、120；其他事项上班后尽快答复您。"),
    ):
        add_reply(ReplyDraft(title, text), agency=agency, actor=actor, now=office.at(6, "09:30"))
    for name in ("需要回电", "情绪激动"):
        add_tag(name, agency=agency, actor=actor, now=office.at(6, "09:40"))
    newest = Dialogue.objects.filter(account=office.account).order_by("-last_message_at").first()
    if newest is not None:
        put_tag(newest, "需要回电", actor=actor, now=office.now)
