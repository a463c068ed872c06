"""Every address of console and portal, tried by somebody to whom the objects do not belong.

The names come from the resolver itself: who adds an address without a row in `addresses.py` fails
the first test. Each row is read and written by a stranger who lacks no permission, only sight; no
table may differ afterwards, and nothing of theirs may stand in what she was sent.
"""

import hashlib
from collections.abc import Iterator
from datetime import date, datetime, timedelta

import pytest
from django.apps import apps
from django.core.files.base import ContentFile
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from minxin.accounts.actions import (
    FilingTold,
    begin_filing,
    keep_platform,
    register,
    start_sheet,
)
from minxin.accounts.rules.lifecycle import Kind
from minxin.agencies.actions import ChannelDraft, KeyDraft, keep_channel, make_key
from minxin.agencies.models import AuditEntry, CalendarDay, LocalDivision, Membership, Staff
from minxin.agencies.rules import Role
from minxin.citizens.actions import Meeting, meet_many
from minxin.citizens.identity import key_of
from minxin.conversations.models import Comment, CommentedArticle, Message, SavedReply, Tag
from minxin.core.cells import read_books
from minxin.core.ids import ticket_number
from minxin.knowledge.actions import repeal_document, start_document_import, start_import
from minxin.knowledge.actions.intents import Placing, place_question
from minxin.knowledge.models import (
    BasisReview,
    EntryProposal,
    GradedSet,
    Intent,
    ModelCall,
    RepealProposal,
    SynonymSet,
    UnansweredQuestion,
)
from minxin.knowledge.tasks import work as check_sheet
from minxin.reports import actions as reports
from minxin.reports.models import Document, DocumentFile
from minxin.reports.presets import common
from minxin.supervision import actions as supervision
from minxin.supervision.actions import campaigns, duty_events, relaying
from minxin.supervision.actions.checking import Entry, hand_in
from minxin.supervision.models import (
    BackTest,
    BackTestDifference,
    BadDomain,
    Campaign,
    Candidate,
    Exemption,
    Inspection,
    ProbeRun,
    ProbeStep,
    WordList,
)
from minxin.supervision.packs import library
from minxin.supervision.rules.inspection import Mark, Purpose
from minxin.supervision.rules.sampling import Design, Method
from minxin.tickets import actions as tickets
from minxin.tickets.models import (
    Attachment,
    CityPlatform,
    CoTask,
    DeadlinePreset,
    Follower,
    HandoverDifference,
    IntakeMode,
    LadderStep,
    Matter,
    OwnershipDecision,
    Publication,
    ReplyInspection,
    Responsibility,
    ResponsibilityImport,
    ResponsibilityList,
    RouterModel,
    RoutingRule,
    Ticket,
    TicketImport,
    TicketWebhook,
    WrongdoingReport,
)
from tests.accounts.sheets import as_csv, compared
from tests.console.addresses import CITIZENS, STAFF, Row, Theirs
from tests.console.conftest import SignIn, Work
from tests.console.lookback import looked_back
from tests.knowledge.papers import paper
from tests.reports.planted import facts_of, group
from tests.supervision.patrol_sheet import TITLES
from tests.supervision.patrol_sheet import brought as patrolled
from tests.support.city import APP_ID, OPENID, SETUP, City

# What a visit may write: the session itself, and the count of wrong passwords.
PASSING = {"Session", "AccessAttempt", "AccessLog", "AccessFailureLog", "AuditEntry"}
# Her own way out is told to the audit; nothing else that she does here is.
HER_OWN_VERBS = {"staff.signed_out"}


def _named(patterns: list[URLPattern | URLResolver], space: str = "") -> Iterator[str]:
    for each in patterns:
        if isinstance(each, URLResolver):
            inner = f"{space}{each.namespace}:" if each.namespace else space
            yield from _named(each.url_patterns, inner)
        else:
            yield f"{space}{each.name}"


def _addresses_below(start: str) -> set[str]:
    found = [each for each in get_resolver().url_patterns if str(each.pattern) == start]
    assert len(found) == 1
    return set(_named(found))


def test_every_name_has_a_row() -> None:
    assert _addresses_below("console/") == set(STAFF)
    assert _addresses_below("m/") == set(CITIZENS)
    rows = [*STAFF.values(), *CITIZENS.values()]
    assert all(row.reason for row in rows if 404 not in (row.get, row.post))


def _checksum() -> dict[str, str]:
    """Every row of every table, but what a visit itself may write."""
    sums = {}
    for model in apps.get_models(include_auto_created=True):
        if model.__name__ not in PASSING:
            rows = list(model._default_manager.order_by("pk").values_list())
            sums[model._meta.label] = hashlib.sha256(repr(rows).encode()).hexdigest()
    assert len(sums) > 30
    return sums


def _text_of(body: bytes) -> str:
    """A page as it is, a book by its cells."""
    if body.startswith(b"PK"):
        return repr(read_books(body, most_rows=100))
    return body.decode()


def _inspection(city: City, everything: Staff, now: datetime) -> ReplyInspection:
    """One of the police, with a sample that nobody judged yet."""
    day = timezone.localdate(now)
    return ReplyInspection.objects.create(
        agency=city.police, period_from=day, period_until=day, aql="4.0", level="II", letter="B",
        lot=3, size=3, accept=0, seed="yunxi", population=[1, 2, 3], sha256="0" * 64,
        first_judge=everything, second_judge=city.zhao, opened_by=everything, opened_at=now,
    )  # fmt: skip


def _intent(question: UnansweredQuestion, now: datetime) -> Intent:
    number = place_question(Placing(question.pk, None, "", 1.0), now=now)
    return Intent.objects.get(pk=number)


def _basis(work: Work, now: datetime) -> BasisReview:
    """A text of the police that ends, and their entry that has it as its source."""
    entry = work.entry
    document = paper(entry.agency, entry.source_title, now=now, effective_on=date(2015, 1, 1))
    repeal_document(document, now.date() + timedelta(days=20), by="决定", actor=SETUP, now=now)
    return BasisReview.objects.get(entry=entry)


def _proposal(city: City, now: datetime) -> RepealProposal:
    source = paper(city.police, "云溪市养犬管理条例", now=now, effective_on=date(2026, 12, 1))
    target = paper(city.police, "云溪市犬只管理办法", now=now, effective_on=date(2015, 1, 1))
    return RepealProposal.objects.create(
        document=source, target=target, owner=city.police, title=target.title,
        normal_title=target.normal_title, on=source.effective_on, same_issuer=True, created_at=now,
    )  # fmt: skip


@pytest.fixture
def theirs(city: City, work: Work, everything: Staff, now: datetime) -> Theirs:
    content = "标准问题,答案\n路灯坏了找谁？,\n路灯坏了找谁呢？,找我们。".encode()
    job = start_import("police-sheet.csv", content, agency=city.police, actor=everything, now=now)
    check_sheet(job.pk)
    job.refresh_from_db()
    brought_in = compared(
        [("名称", "平台", "类型"), ("云溪警务速递", "微博", "")],
        agency=city.police, actor=everything, now=now, name="police-register.csv",
    )  # fmt: skip
    patrol = patrolled(
        as_csv([TITLES, ["云溪公安", "微信", "2026-01-02", "夜巡", "", "2026-01-03", "林青"]]),
        agency=city.police, actor=everything, now=now, name="police-patrol.csv",
    )  # fmt: skip
    preset = DeadlinePreset.objects.create(
        code="consult", name="咨询", nature="consult", amount=5, is_active=False
    )
    platform = keep_platform(
        None, agency=city.police, name="警务统一平台", app_id="wx00000000000000f1",
        secret="5" * 32, token="platf0rm", aes_key="k" * 43, actor=SETUP, now=now,
    )  # fmt: skip
    evidence = supervision.keep_evidence(
        city.account, file=("police-page.png", b"\x89PNG\r\n\x1a\n" + bytes(9)), seen_at=now,
        actor=everything, now=now,
    )  # fmt: skip
    candidate = Candidate.objects.create(
        account=city.account, indicator="account.uncertified", pack="national-certified",
        pack_version="2018-12", severity="major", found_at=now, last_seen_at=now,
    )  # fmt: skip
    finding = supervision.open_finding(
        account=city.account, indicator="content.ad", title="页面有商业广告", severity="major",
        origin="manual", facts={"url": "https://mp.weixin.qq.com/s/b"}, actor=everything, now=now,
    )  # fmt: skip
    notice = supervision.issue_notice(
        [finding], requirement="请按期整改。", actor=everything, now=now
    )
    hit = looked_back(city, everything, now)
    word_list = WordList.objects.create(
        agency=city.police, name="旧称", kind="words", changed_at=now, changed_by=everything
    )
    exemption = Exemption.objects.create(
        agency=city.police, words="东桥站", reason="旧站名", made_at=now, made_by=everything
    )
    trial = BackTest.objects.create(
        pack="yunxi-weekly", title="每周至少更新一次", version="2026", since=now.date(),
        until=now.date(), status="done", started_by=everything, created_at=now, due_at=now,
    )  # fmt: skip
    BackTestDifference.objects.create(
        test=trial, account=city.account, change="added", first_on=now.date(), last_on=now.date(),
        more=3, less=0, other=0, before="reminder", after="overdue",
    )  # fmt: skip
    other = supervision.open_finding(
        account=city.account, indicator="content.ad", title="页面有商业广告", severity="major",
        origin="manual", actor=everything, now=now,
    )  # fmt: skip
    supervision.sign_notice(
        supervision.issue_notice([other], requirement="请按期整改。", actor=everything, now=now),
        actor=everything, now=now,
    )  # fmt: skip
    feedback = supervision.answer_finding(
        other, measure="delete", done="已删除。广告", done_on=timezone.localdate(now),
        proof=supervision.Fresh(now, "https://mp.weixin.qq.com/s/a"), actor=everything, now=now,
    )  # fmt: skip
    campaign, waiting, released = _inspected(city, everything, now)
    channel = keep_channel(
        None, ChannelDraft(kind="wecom_robot", name="警务值班群", secret="robot-key-0001"),
        agency=city.police, actor=SETUP, now=now,
    )  # fmt: skip
    document, made = _documented(campaign, everything, now)
    closing = begin_filing(
        city.account, Kind.CLOSE, FilingTold(reason="东桥路口"), actor=SETUP, now=now
    )
    relay = relaying.add_relay_task(
        agency=city.police, title="关于东桥派出所搬迁的公告", level="city", issued_by="市公安局",
        due_at=now + timedelta(days=1), accounts=[city.account], actor=everything, now=now,
    )  # fmt: skip
    event = duty_events.register_opinion(
        city.account, title="东桥派出所搬迁引发议论", is_grave=False, known_at=now, actor=everything,
        now=now,
    )  # fmt: skip
    audited = AuditEntry.objects.filter(agency_path=city.police.path).first()
    assert audited is not None
    Ticket.objects.filter(pk=work.ticket.pk).update(nature="consult")
    Publication.objects.create(
        ticket=work.ticket, code="dongqiao-public", consented_at=now, status="released",
        text="居住证怎么办理", answer="到派出所办理。", answered_at=now,
    )  # fmt: skip
    Follower.objects.create(ticket=work.ticket, citizen=city.xiaolin, followed_at=now)
    return Theirs(
        ticket=work.ticket,
        batch=tickets.start_batch(
            [work.ticket.pk], "已经处理好了。", agency=city.police, actor=city.wang, now=now
        ),
        inspected=_inspection(city, everything, now),
        twin=tickets.file(
            text="东桥路口的路灯坏了五天",
            citizen=city.xiaolin,
            account=city.account,
            source="portal",
            key="twin",
            actor=SETUP,
            now=now,
        ),
        dialogue=work.dialogue,
        entry=work.entry,
        unanswered=work.unanswered,
        intent=_intent(work.unanswered, now),
        basis=_basis(work, now),
        proposal=_proposal(city, now),
        entry_proposal=EntryProposal.objects.create(
            agency=city.police, origin_kind="ticket", origin=0, question="路灯坏了找警察吗",
            answer="打市政热线。", aim="variant", target=work.entry, proposed_by=city.wang,
            proposed_at=now,
        ),
        staff_reply=Message.objects.create(
            account=city.account, citizen=city.xiaolin, sender="staff", kind="text",
            text="已经修好了。", staff=city.wang, said_at=now, recorded_at=now,
        ),
        outgoing=work.outgoing,
        job=job,
        register=brought_in,
        patrol=patrol,
        account=city.account,
        filing=closing,
        platform=platform,
        agency=city.police,
        colleague=city.wang,
        audited=audited,
        preset=preset,
        division=LocalDivision.objects.create(code="990199", name="示例新区"),
        urged=LadderStep.objects.create(
            ticket=work.ticket, term=1, key="urge-due", step="urge", at=now, agency=city.police,
            words="已过期", due_at=now, number="C1", issuer=city.root,
        ),
        day=CalendarDay.objects.create(agency=city.police, on="2036-01-01", is_working=False),
        candidate=candidate,
        evidence=evidence,
        finding=finding,
        notice=notice,
        word_list=word_list,
        hit=hit,
        exemption=exemption,
        trial=trial,
        feedback=feedback,
        campaign=campaign,
        waiting=waiting,
        released=released,
        channel=channel,
        city_platform=(
            handing := CityPlatform.objects.create(
                agency=city.police, name="公安承接平台", code="police-12345", way="folder",
                created_at=now,
            )
        ),
        mode=IntakeMode.objects.create(region_code="990199", mode="own", changed_at=now),
        difference=HandoverDifference.objects.create(
            platform=handing, kind="missing_here", mark="m", their_number="SH-POLICE-7", found_at=now
        ),
        key=make_key(
            city.police,
            KeyDraft(
                name="公安对接密钥",
                partner="公司",
                rights=["tickets.read"],
                level_coding="national",
                expires_at=now + timedelta(days=9),
            ),
            actor=city.administrator,
            now=now,
        )[0],
        document=document,
        made=made,
        step=_probed(city, now),
        bad_domain=BadDomain.objects.create(
            agency=city.police,
            domain="lucky.example",
            kind="gambling",
            reason="通报",
            added_at=now,
            added_by=everything,
        ),
        relay=relay,
        event=event,
        picture=Attachment.objects.create(
            code="dongqiao-picture",
            citizen=city.xiaolin,
            ticket=work.ticket,
            file=ContentFile(b"\xff\xd8\xff", "dongqiao.jpg"),
            sha256="0" * 64,
            bytes=1,
            width=1,
            height=1,
            added_at=now,
        ),
        tag=Tag.objects.create(agency=city.police, name="夜间"),
        said=Message.objects.order_by("id")[0],
        paper=paper(city.police, "养犬规定", now=now, file=ContentFile(b"x", "dogs.txt")),
        taking=start_document_import(
            [("养犬.txt", ContentFile(b"x"))], [], agency=city.police, actor=everything, now=now
        ),
        co_task=CoTask.objects.create(
            ticket=work.ticket, agency=city.police, asked="请查看东桥的灯", status="answered",
            named_at=now, due_at=now, done_at=now,
        ),
        report=WrongdoingReport.objects.create(
            number=ticket_number(), key="dongqiao", account=city.account, agency=city.police,
            citizen=city.xiaolin, text="东桥的事", filed_at=now, changed_at=now,
        ),
        comment=Comment.objects.create(
            article=CommentedArticle.objects.create(
                account=city.account, data_id=7, title="东桥的文章", published_at=now
            ),
            number=1, text="东桥的留言", said_at=now,
        ),
        ready=SavedReply.objects.create(
            agency=city.police, title="夜间", text="明早处理。", changed_at=now
        ),
        graded=GradedSet.objects.create(
            agency=city.police, number=1, asked_from=now.date(), asked_until=now.date(),
            population=1, drawn=1, by_hand=0, seed="s", first_grader=everything,
            second_grader=city.wang, opened_by=everything, opened_at=now,
        ),
        synonyms=SynonymSet.objects.create(
            agency=city.police, word="东桥", others="旧东桥", changed_at=now
        ),
        duty=_listed(city, now),
        router=RouterModel.objects.create(status="ready", created_at=now, due_at=now),
        routing_rule=RoutingRule.objects.create(
            name="示例规则", words="路灯", agency=city.police, changed_at=now
        ),
        duties=start_sheet(
            ResponsibilityImport, "police-duties.csv", b"x", sheets=[{"name": "", "rows": [["甲"]]}],
            agency=city.police, actor=everything, now=now,
        ),
        sheet=start_sheet(
            TicketImport, "police-tickets.csv", b"x", sheets=[{"name": "", "rows": [["甲"]]}],
            agency=city.police, actor=everything, now=now,
        ),
        hook=TicketWebhook.objects.create(
            agency=city.police, name="警务推送", url="https://127.0.0.1/in", events=["filed"],
            secret="s" * 32, created_at=now,
        ),
        call=ModelCall.objects.create(
            at=now, agency=city.police, model="m", question="警务的问题", given=[], verdict="said",
        ),
        decision=OwnershipDecision.objects.create(
            ticket=work.ticket, at=now, agency=city.police, disputed_by=city.station,
            decided_by=city.wang, reason="东桥的灯归这里管",
        ),
    )  # fmt: skip


def _listed(city: City, now: datetime) -> Responsibility:
    """A line of the draft of the responsibility list."""
    top = Matter.objects.create(name="东边", path="东边", level=1)
    matter = Matter.objects.create(name="灯", parent=top, path="东边/灯", level=2)
    draft = ResponsibilityList.objects.create(drafted_at=now)
    return Responsibility.objects.create(version=draft, matter=matter, agency=city.police)


def _probed(city: City, now: datetime) -> ProbeStep:
    """A run of the police's account with a link that drifted."""
    run = ProbeRun.objects.create(
        account=city.account, schedule="daily", status="done", verdict="problems", failing=1,
        failing_steps="东桥便民", is_latest=True, due_at=now, made_at=now - timedelta(hours=1),
        begun_at=now, finished_at=now,
    )  # fmt: skip
    return ProbeStep.objects.create(
        run=run, place=1, kind="menu_link", label="东桥便民", target="https://a.example/",
        outcome="drifted", why=["other_site"], counts=True, status=200, at=now,
        final_url="https://b.example/",
    )  # fmt: skip


def _documented(
    campaign: Campaign, everything: Staff, now: datetime
) -> tuple[Document, DocumentFile]:
    """A notice of the police with one file made and the rest on its way."""
    facts = facts_of(group(range(1, 4), accounts=3, checked=3, failed=1))
    document = reports.draft_notice(
        facts, common(), campaign=campaign, actor=everything, now=now
    )  # fmt: skip
    job = reports.request_files(document, actor=everything, now=now)
    held = reports.claim_rendering(job.pk, token="t", now=now)
    assert held is not None
    reports.advance_rendering(held, shape="docx", made=b"x", done=1, total=3, token="t", now=now)
    return document, DocumentFile.objects.get()


def _inspected(
    city: City, everything: Staff, now: datetime
) -> tuple[Campaign, Inspection, Inspection]:
    """A campaign of the police with two accounts of its station: one waits, one was released."""
    for platform in ("weibo", "douyin"):
        register(
            agency=city.station, name=f"东桥路口{platform}", platform=platform, actor=SETUP, now=now
        )
    plan = campaigns.Plan(
        name="东桥路口账号检查", purpose=Purpose.SPOT, period_from=now.date(),
        period_until=now.date(), due_on=now.date() + timedelta(days=9),
        design=Design(Method.WHOLE), seed="1", lines=("update.stale",), second_percent=0,
    )  # fmt: skip
    campaign = campaigns.open_campaign(
        plan, city.police, [everything], library=library(), actor=everything, now=now
    )
    waiting, released = campaign.inspections.filter(agency=city.station)
    fails = Entry(Mark.FAILS, note="三周没有更新", link="https://weibo.example/u/1")
    hand_in(
        released, {"update.stale": fails}, revision=0, library=library(), actor=everything, now=now
    )
    Inspection.objects.filter(pk=released.pk).update(
        state="released", released_at=now, defence_due_at=now + timedelta(days=3)
    )
    return campaign, waiting, released


def _with_every_role(staff: Staff, agency: object) -> Staff:
    """Straight into the table: the rooms would never let one person have all of it."""
    Membership.objects.filter(staff=staff).delete()
    Membership.objects.bulk_create(
        Membership(staff=staff, agency=agency, role=role.value) for role in Role
    )
    return staff


@pytest.fixture
def everything(city: City) -> Staff:
    """何涛, whom the police has given every role there is."""
    return _with_every_role(city.operator, city.police)


@pytest.fixture
def stranger(city: City) -> Staff:
    """陈静, with every role there is, at the water bureau."""
    return _with_every_role(city.outsider, city.water)


def _try(client: Client, address: str, row: Row, they: Theirs) -> None:
    """GET and every form; the right status, nothing of theirs, no table changed."""
    before, last = _checksum(), AuditEntry.objects.latest("id").pk
    hidden = [words for words in they.words if words not in row.may_show]
    answers = [(row.get, client.get(address))]
    for form in row.forms:
        answers.append((row.post, client.post(address, form(they))))
    for expected, answer in answers:
        assert answer.status_code == expected, answer
        body = b"".join(answer) if answer.streaming else answer.content
        text = _text_of(body)
        assert not [words for words in hidden if words in text.replace(address, "")]
    assert _checksum() == before
    verbs = set(AuditEntry.objects.filter(pk__gt=last).values_list("verb", flat=True))
    assert verbs <= HER_OWN_VERBS


def _address_of(name: str, row: Row, they: Theirs) -> str:
    return reverse(name, kwargs=dict(row.kwargs(they)) if row.kwargs else None)


@pytest.mark.parametrize("name", sorted(STAFF))
def test_who_works_elsewhere_finds_and_changes_nothing(
    name: str, theirs: Theirs, stranger: Staff, everything: Staff, at_desk: SignIn
) -> None:
    row = STAFF[name]
    address = _address_of(name, row, theirs)
    _try(at_desk(stranger), address, row, theirs)
    insider = at_desk(everything)
    if row.get == 404 and row.kwargs is not None:
        assert insider.get(address).status_code == row.insider
    if row.effect:
        before = _checksum()
        assert insider.post(address, row.forms[0](theirs)).status_code in {200, 204, 302}
        assert _checksum() != before


def _phone(openid: str) -> Client:
    client = Client()
    session = client.session
    session["citizen"] = {APP_ID: key_of(APP_ID, openid)}
    session.save()
    return client


@pytest.mark.parametrize("name", sorted(CITIZENS))
def test_another_citizen_finds_and_changes_nothing(
    name: str, theirs: Theirs, city: City, now: datetime
) -> None:
    other = "oStranger0000000000000001"
    meet_many([Meeting(key_of(APP_ID, other), city.account.pk, other, now, "followed")], now=now)
    tickets.accept(theirs.ticket, actor=SETUP, now=now)
    tickets.answer(theirs.ticket, "已经修好了。", link="", actor=SETUP, now=now)
    row = CITIZENS[name]
    address = _address_of(name, row, theirs)
    _try(_phone(other), address, row, theirs)
    if row.get == 404:
        xiaolin = _phone(OPENID)
        assert xiaolin.get(address).status_code == row.insider
        if row.effect:
            before = _checksum()
            assert xiaolin.post(address, row.forms[0](theirs)).status_code == 302
            assert _checksum() != before
