"""The robot on the citizen's path: what it does, what it keeps, what becomes of it, and what it leaves
untouched."""

import itertools
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest
from django.conf import LazySettings

from minxin import wechat
from minxin.accounts import actions as accounts
from minxin.accounts.models import Account
from minxin.accounts.queries import MenuAnswer
from minxin.agencies.models import AuditEntry
from minxin.citizens.models import Citizen
from minxin.conversations.models import Dialogue, Message, Outgoing
from minxin.core.errors import NotFound, Refused
from minxin.core.jobs import LEASE
from minxin.knowledge.models import UnansweredQuestion
from minxin.supervision import actions, probing
from minxin.supervision import queries as supervision
from minxin.supervision.actions import bad_domains
from minxin.supervision.actions import probing as acting
from minxin.supervision.models import (
    BadDomain,
    Candidate,
    Evidence,
    Finding,
    ProbeHost,
    ProbeRun,
    ProbeStep,
)
from minxin.supervision.queries import probes as queries
from minxin.tickets import actions as tickets
from minxin.tickets.models import Ticket
from tests.supervision.conftest import Office
from tests.support.city import SETUP, City
from tests.support.robots import Robots, Site, site_of_pages

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
KEYS = {
    "hours": MenuAnswer("say", "周一至周五 9:00 到 17:00"),
    "file": MenuAnswer("file", ""),
    "person": MenuAnswer("person", ""),
}


@pytest.fixture(scope="module")
def pages() -> Iterator[Site]:
    with site_of_pages() as site:
        yield site


@pytest.fixture
def site(pages: Site) -> Site:
    pages.title, pages.asked = "云溪政务服务", []
    return pages


@pytest.fixture(autouse=True)
def here(settings: LazySettings) -> None:
    settings.MINXIN_PUBLIC_URL = "http://testserver"
    settings.ALLOWED_HOSTS = ["testserver"]


@pytest.fixture
def robots(now: datetime) -> Robots:
    return Robots(now)


def show(account: Account, *links: str, now: datetime, keys: bool = False) -> None:
    """Give the account a menu of these links, and of its keys."""
    menu: list[dict[str, Any]] = []
    if links:
        below = [{"type": "view", "name": f"链接{n}", "url": url} for n, url in enumerate(links, 1)]
        menu.append({"name": "办事", "sub_button": below})
    if keys:
        below = [{"type": "click", "name": name, "key": name} for name in KEYS]
        menu.append({"name": "互动", "sub_button": below})
    accounts.set_menu(account, menu, replies=KEYS if keys else {}, actor=SETUP, now=now)


def walked(office: Office, robots: Robots) -> ProbeRun:
    """Ask for a run and let a worker do it."""
    robots.now += timedelta(minutes=11)
    run = acting.ask_probe(office.account, actor=office.supervisor, now=robots.now)
    return work(run, robots)


def work(run: ProbeRun, robots: Robots) -> ProbeRun:
    probing.work(run.pk, clock=robots.clock, outside=robots.outside())
    run.refresh_from_db()
    return run


def outcomes(run: ProbeRun) -> dict[str, str]:
    return {each.label: each.outcome for each in run.steps.all()}


def only_link(run: ProbeRun) -> ProbeStep:
    return run.steps.get(kind="menu_link")


# The path ----------------------------------------------------------------------------------------


def test_the_whole_path_is_walked_and_every_step_is_kept(
    office: Office, robots: Robots, site: Site
) -> None:
    show(office.account, f"{site.base}/hall", f"{site.base}/404", now=robots.now, keys=True)
    run = walked(office, robots)
    assert outcomes(run) == {
        "办事 › 链接1": "fine", "办事 › 链接2": "dead", "互动 › hours": "fine", "互动 › file": "fine",
        "互动 › person": "reached", "提一个问题": "fine", "找人工": "reached", "提交诉求": "fine",
        "等工作人员答复": "no_data",
    }  # fmt: skip
    assert (run.status, run.verdict, run.failing, run.is_latest) == ("done", "problems", 1, True)
    opened = run.steps.get(label="办事 › 链接1")
    assert (opened.status, opened.title, opened.final_url) == (
        200,
        "云溪政务服务",
        f"{site.base}/hall",
    )
    assert len(opened.sha256) == 64
    assert opened.ms is not None
    said = run.steps.get(label="互动 › hours")
    assert said.excerpt == "周一至周五 9:00 到 17:00"
    assert run.steps.get(label="提一个问题").facts == {"is_unknown": True}
    assert not run.steps.filter(at=None).exists()


def test_nobody_and_nothing_comes_of_a_probe(
    office: Office, robots: Robots, site: Site, city: City
) -> None:
    show(office.account, f"{site.base}/hall", now=robots.now, keys=True)
    kinds = (Citizen, Dialogue, Message, Outgoing, Ticket, UnansweredQuestion)
    before = {kind: list(kind.objects.order_by("pk").values()) for kind in kinds}
    run = walked(office, robots)
    assert run.status == "done"
    assert {kind: list(kind.objects.order_by("pk").values()) for kind in kinds} == before


def test_the_menu_of_wechat_is_walked_where_wechat_tells_it(
    office: Office, robots: Robots, site: Site
) -> None:
    show(office.account, f"{site.base}/kept", now=robots.now)
    live = {"menu": {"button": [{"type": "view", "name": "真的", "url": f"{site.base}/live"}]}}

    class WeChat:
        def get_menu(self) -> dict[str, Any]:
            return live

    class NoMenu:
        def get_menu(self) -> dict[str, Any]:
            raise wechat.WeChatError(46003, "menu no exist")

    found = robots.outside()
    for client, expected in ((WeChat, (live["menu"]["button"], True)), (NoMenu, ([], True))):
        told = probing.Outside(found.open, found.http, lambda _account, c=client: c(), found.sleep)  # type: ignore[misc]
        assert probing.menu_of(office.account, told) == expected
    assert probing.menu_of(office.account, found) == (office.account.menu, False)


# Faults ----------------------------------------------------------------------------------------------


def test_a_dead_link_becomes_a_candidate_and_goes_when_it_opens_again(
    office: Office, robots: Robots, site: Site
) -> None:
    show(office.account, f"{site.base}/404", now=robots.now)
    walked(office, robots)
    candidate = Candidate.objects.get(indicator="interact.menu_dead")
    assert (candidate.status, candidate.severity, candidate.pack) == (
        "open", "major", "proposed-menu-dead",
    )  # fmt: skip
    assert candidate.facts["links"] == [f"{site.base}/404"]
    assert "HTTP 404" in candidate.facts["shown"]
    show(office.account, f"{site.base}/hall", now=robots.now)
    walked(office, robots)
    candidate.refresh_from_db()
    assert candidate.status == "gone"


def test_a_server_s_error_counts_the_second_time_running(
    office: Office, robots: Robots, site: Site
) -> None:
    show(office.account, f"{site.base}/502", now=robots.now)
    first = walked(office, robots)
    assert (only_link(first).outcome, only_link(first).counts) == ("error", False)
    assert not only_link(walked(office, robots)).counts  # minutes later is not a second time
    assert not Candidate.objects.filter(indicator="interact.menu_dead").exists()
    robots.now += DAY
    assert only_link(walked(office, robots)).counts
    assert Candidate.objects.filter(indicator="interact.menu_dead", status="open").exists()


def test_where_nothing_outside_answers_links_are_not_counted(
    office: Office, robots: Robots, site: Site
) -> None:
    show(office.account, "http://127.0.0.1:1/", now=robots.now)
    for _day in range(3):
        run = walked(office, robots)
        assert only_link(run).outcome == "unseen"
        assert run.verdict == "unclear"
        robots.now += DAY
    assert not Candidate.objects.filter(indicator="interact.menu_dead").exists()
    show(office.account, "http://127.0.0.1:1/", f"{site.base}/hall", now=robots.now)
    for _day in range(2):
        walked(office, robots)
        robots.now += DAY
    found = Candidate.objects.get(indicator="interact.menu_dead", status="open")
    assert found.facts["links"] == ["http://127.0.0.1:1/"]


def test_a_link_that_leads_to_another_site_is_a_veto_only_after_a_named_person_said_so(
    office: Office, robots: Robots, site: Site
) -> None:
    show(office.account, f"{site.base}/go?to={site.other}/casino", now=robots.now)
    step = only_link(walked(office, robots))
    assert (step.outcome, step.why, step.final_url) == (
        "drifted", ["other_site"], f"{site.other}/casino",
    )  # fmt: skip
    found = Candidate.objects.get(indicator="content.badlink")
    assert (found.status, found.severity, found.decided_by) == ("open", "veto", None)
    proof = actions.Fresh(seen_at=robots.now, link=step.final_url, file=None)
    with pytest.raises(NotFound):
        actions.confirm(found, evidence=proof, actor=office.of_water, now=robots.now)
    actions.confirm(found, evidence=proof, actor=office.supervisor, now=robots.now)
    found.refresh_from_db()
    assert (found.status, found.decided_by) == ("confirmed", office.supervisor)
    finding = Finding.objects.get(candidate=found)
    assert finding.facts["url"] == f"{site.base}/go?to={site.other}/casino"

    def proof_now() -> tuple[str, bool | None]:
        kept = Finding.objects.get(pk=finding.pk)
        proof = supervision.proof_of(kept, now=robots.now)
        return proof.kind.value, proof.holds

    assert proof_now() == ("cannot_tell", None)  # what was seen before it was found proves nothing
    walked(office, robots)
    assert proof_now() == ("still_hit", False)
    show(office.account, f"{site.base}/hall", now=robots.now)
    walked(office, robots)
    assert proof_now() == ("no_longer_hit", True)
    robots.now += 5 * DAY
    assert proof_now() == ("cannot_tell", None)
    assert Evidence.objects.get(pk=found.evidence_id).link == step.final_url


def test_a_page_whose_subject_changed_is_drifted_until_a_person_accepts_it(
    office: Office, robots: Robots, site: Site
) -> None:
    show(office.account, f"{site.base}/hall", now=robots.now)
    assert only_link(walked(office, robots)).outcome == "fine"
    site.title = "真人在线"
    run = walked(office, robots)
    step = only_link(run)
    assert (step.outcome, step.why) == ("drifted", ["other_subject"])
    assert Candidate.objects.get(indicator="content.badlink").status == "open"
    with pytest.raises(NotFound):
        acting.accept_page(step, reason="改版后的首页", actor=office.of_water, now=robots.now)
    with pytest.raises(Refused):
        acting.accept_page(step, reason="好", actor=office.supervisor, now=robots.now)
    acting.accept_page(step, reason="改版后的首页", actor=office.supervisor, now=robots.now)
    assert Candidate.objects.get(indicator="content.badlink").status == "gone"
    run.refresh_from_db()
    assert (run.verdict, run.failing) == ("fine", 0)
    assert AuditEntry.objects.filter(verb="probe.page_accepted").count() == 1
    assert only_link(walked(office, robots)).outcome == "fine"
    with pytest.raises(Refused):
        acting.accept_page(step, reason="改版后的首页", actor=office.supervisor, now=robots.now)


def test_a_listed_domain_accuses_below_the_agency_that_listed_it(
    office: Office, robots: Robots, site: Site, city: City
) -> None:
    show(office.account, f"{site.base}/go?to={site.other}/x", now=robots.now)
    given = {"kind": "gambling", "reason": "省里通报的名单", "now": robots.now}
    with pytest.raises(NotFound):
        bad_domains.list_domain(
            agency=city.root, domain="lucky.example", actor=office.of_water, **given
        )
    for wrong, field in (("localhost", "domain"), ("", "domain")):
        with pytest.raises(Refused) as refused:
            bad_domains.list_domain(
                agency=city.root, domain=wrong, actor=office.supervisor, **given
            )
        assert refused.value.field == field
    of_water = bad_domains.list_domain(
        agency=city.water, domain="https://127.0.0.1/x", actor=office.of_water, **given
    )
    assert only_link(walked(office, robots)).outcome == "drifted"  # not the police's list
    row = bad_domains.list_domain(
        agency=city.root, domain="127.0.0.1", actor=office.supervisor, **given
    )
    step = only_link(walked(office, robots))
    assert (step.outcome, step.why) == ("listed", ["listed_site"])
    with pytest.raises(Refused):
        bad_domains.list_domain(
            agency=city.root, domain="127.0.0.1", actor=office.supervisor, **given
        )
    bad_domains.unlist_domain(row, actor=office.supervisor, now=robots.now)
    with pytest.raises(Refused):
        bad_domains.unlist_domain(row, actor=office.supervisor, now=robots.now)
    again = bad_domains.list_domain(
        agency=city.root, domain="127.0.0.1", actor=office.supervisor, **given
    )
    assert again.pk == row.pk
    assert of_water.pk != row.pk
    assert BadDomain.objects.count() == 2
    verbs = AuditEntry.objects.filter(verb__startswith="bad_domain.").order_by("id")
    assert [each.verb for each in verbs] == [
        "bad_domain.listed", "bad_domain.listed", "bad_domain.unlisted", "bad_domain.listed",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (httpx.Response(200, content=b"success"), "error"),
        (httpx.Response(500), "error"),
        (None, "unreachable"),
    ],
)
def test_a_callback_that_is_not_our_gateway_s(
    office: Office, robots: Robots, answer: httpx.Response | None, outcome: str
) -> None:
    def callback(request: httpx.Request) -> httpx.Response:
        if answer is None:
            raise httpx.ConnectError("refused")
        return httpx.Response(answer.status_code, content=answer.content)

    robots.callback = callback
    run = walked(office, robots)
    assert outcomes(run)["提一个问题"] == outcome
    assert run.verdict == "problems"
    robots.callback = None
    assert walked(office, robots).verdict == "fine"


def test_a_menu_key_that_says_nothing_is_told(office: Office, robots: Robots) -> None:
    office.account.menu = [{"type": "click", "name": "失灵", "key": "gone"}]
    office.account.save(update_fields=["menu"])
    assert outcomes(walked(office, robots))["失灵"] == "empty"


def test_an_answer_after_five_seconds_is_too_late(
    office: Office, robots: Robots, monkeypatch: pytest.MonkeyPatch
) -> None:
    ticks = iter(range(0, 10_000, 6))
    monkeypatch.setattr("minxin.accounts.checks.asking.time.monotonic", lambda: next(ticks))
    assert outcomes(walked(office, robots))["提一个问题"] == "late"


def test_a_form_that_breaks_is_told(
    office: Office, robots: Robots, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("minxin.supervision.probing.make_pass", lambda _app_id: "forged")
    assert outcomes(walked(office, robots))["提交诉求"] == "error"


def test_a_new_dead_link_accuses_although_an_old_one_was_dismissed(
    office: Office, robots: Robots, site: Site
) -> None:
    show(office.account, f"{site.base}/404", now=robots.now)
    walked(office, robots)
    found = Candidate.objects.get(indicator="interact.menu_dead")
    actions.dismiss(found, reason="网站正在搬迁", actor=office.supervisor, now=robots.now)
    walked(office, robots)
    assert Candidate.objects.filter(indicator="interact.menu_dead").count() == 1
    show(office.account, f"{site.base}/404", f"{site.base}/410", now=robots.now)
    walked(office, robots)
    newest = Candidate.objects.filter(indicator="interact.menu_dead").order_by("id").last()
    assert newest is not None
    assert (newest.status, newest.facts["count"]) == ("open", 2)


def test_without_a_run_of_late_a_candidate_neither_comes_nor_goes(
    office: Office, robots: Robots, site: Site
) -> None:
    show(office.account, f"{site.base}/404", now=robots.now)
    walked(office, robots)
    actions.evaluate([office.account], now=robots.now + 5 * DAY)
    assert Candidate.objects.get(indicator="interact.menu_dead").status == "open"


# The menu between runs, who is not probed -------------------------------------------------------


def test_a_menu_that_changes_during_a_run_changes_the_next_one(
    office: Office, robots: Robots, site: Site
) -> None:
    show(office.account, f"{site.base}/a", now=robots.now)
    run = acting.ask_probe(office.account, actor=office.supervisor, now=robots.now)
    assert acting.claim_probe(run.pk, token="t", now=robots.now) is not None
    run.refresh_from_db()
    acting.begin_probe(
        run, probing.menu_steps(office.account.menu), is_menu_live=False, token="t", now=robots.now
    )
    show(office.account, f"{site.base}/b", now=robots.now)
    robots.now += LEASE
    assert acting.release_due_probes(now=robots.now) == [run.pk]
    work(run, robots)
    assert [each.target for each in run.steps.filter(kind="menu_link")] == [f"{site.base}/a"]
    assert only_link(walked(office, robots)).target == f"{site.base}/b"


def test_an_account_without_credentials_is_not_probed_and_it_is_said_why(
    office: Office, city: City, now: datetime
) -> None:
    bare = accounts.register(
        agency=city.water, name="云溪供水", kind="service", actor=SETUP, now=now
    )
    for account, words in ((bare, "没有授权"), (office.weibo, "不是微信")):
        with pytest.raises(Refused, match=words):
            acting.ask_probe(account, actor=office.supervisor, now=now)
    assert acting.plan_probes(now=now) == 1
    assert [each.account for each in ProbeRun.objects.all()] == [office.account]
    shown = {each.name: each for each in queries.accounts_with_probes(office.supervisor)}
    assert shown["云溪供水"].probe_rank == 4
    assert queries.barrier_of(shown["云溪供水"]) == "no_credentials"
    assert queries.barrier_of(shown["云溪公安"]) is None


def test_credentials_taken_away_before_the_run_end_it_in_words(
    office: Office, robots: Robots
) -> None:
    run = acting.ask_probe(office.account, actor=office.supervisor, now=robots.now)
    Account.objects.filter(pk=office.account.pk).update(token=None)
    work(run, robots)
    assert run.status == "failed"
    assert "没有授权" in run.note
    assert not run.is_latest


# Never a storm, nothing lost ------------------------------------------------------------------------


def test_a_day_is_planned_once_and_spread(office: Office, city: City, now: datetime) -> None:
    for number in range(9):
        account = accounts.register(
            agency=city.water,
            name=f"账号{number}",
            original_id=f"gh_{number:012d}",
            kind="service",
            actor=SETUP,
            now=now,
        )
        accounts.set_credentials(
            account, app_id=f"wx{number:016d}", secret="5" * 32, token="t0ken", aes_key="k" * 43,
            actor=SETUP, now=now,
        )  # fmt: skip
    assert acting.plan_probes(now=now) == 10
    assert acting.plan_probes(now=now + timedelta(minutes=1)) == 0
    due = list(ProbeRun.objects.order_by("due_at").values_list("due_at", flat=True))
    assert {b - a for a, b in itertools.pairwise(due)} == {timedelta(hours=1)}
    assert acting.release_due_probes(now=now) == []
    assert len(acting.release_due_probes(now=now + timedelta(minutes=31))) == 1
    # A clock that was away all day wakes a few a minute.
    assert len(acting.release_due_probes(now=now + timedelta(hours=11))) == acting.MOST_AT_ONCE


def test_one_robot_at_a_time_and_not_again_at_once(office: Office, robots: Robots) -> None:
    acting.plan_probes(now=robots.now)
    planned = ProbeRun.objects.get()
    asked = acting.ask_probe(office.account, actor=office.supervisor, now=robots.now)
    assert asked.pk == planned.pk  # the planned one is due now
    assert asked.asked_by == office.supervisor
    assert acting.claim_probe(asked.pk, token="a", now=robots.now) is not None
    assert acting.claim_probe(asked.pk, token="b", now=robots.now) is None
    with pytest.raises(Refused, match="正在拨测"):
        acting.ask_probe(office.account, actor=office.supervisor, now=robots.now)
    robots.now += LEASE
    acting.release_due_probes(now=robots.now)
    assert work(asked, robots).status == "done"
    with pytest.raises(Refused, match="10 分钟"):
        acting.ask_probe(office.account, actor=office.supervisor, now=robots.now)


def test_a_host_is_asked_once_a_second_whoever_asks(
    office: Office, robots: Robots, site: Site
) -> None:
    now = robots.now
    assert acting.take_turn("a.example", now=now) is None
    assert acting.take_turn("a.example", now=now) == now + acting.GAP
    assert acting.take_turn("b.example", now=now) is None
    assert acting.take_turn("a.example", now=now + acting.GAP) is None
    show(office.account, *(f"{site.base}/{n}x" for n in range(4)), now=now)
    began = robots.now + timedelta(minutes=11)
    walked(office, robots)
    assert robots.now - began >= 3 * acting.GAP
    assert len(robots.opened) == 4


def test_a_busy_host_lays_the_run_down_and_what_was_done_stays(
    office: Office, robots: Robots, site: Site
) -> None:
    show(office.account, f"{site.base}/a", f"{site.other}/b", now=robots.now)
    run = acting.ask_probe(office.account, actor=office.supervisor, now=robots.now)
    ProbeHost.objects.create(host="localhost", next_at=robots.now + timedelta(seconds=20))
    work(run, robots)
    assert (run.status, run.claimed_by, run.interruptions) == ("waiting", "", 0)
    assert run.steps.get(label="办事 › 链接1").outcome == "fine"
    robots.now = run.due_at
    assert acting.release_due_probes(now=robots.now) == [run.pk]
    work(run, robots)
    assert run.status == "done"
    assert robots.opened == [f"{site.base}/a", f"{site.other}/b"]


class Killed(BaseException):
    """The worker's process ends here."""


def test_a_killed_worker_loses_nothing_and_repeats_nothing(
    office: Office, robots: Robots, site: Site
) -> None:
    show(office.account, f"{site.base}/a", f"{site.base}/b", f"{site.base}/404", now=robots.now)
    run = acting.ask_probe(office.account, actor=office.supervisor, now=robots.now)
    found = robots.outside()

    def dying(url: str) -> Any:
        if url.endswith("/b"):
            raise Killed
        return found.open(url)

    with pytest.raises(Killed):
        probing.work(
            run.pk, clock=robots.clock,
            outside=probing.Outside(dying, found.http, found.client, found.sleep),
        )  # fmt: skip
    run.refresh_from_db()
    assert (run.status, run.claimed_by != "") == ("running", True)
    probing.work(run.pk, clock=robots.clock, outside=found)  # it is still held
    assert robots.opened == [f"{site.base}/a"]
    robots.now += LEASE
    assert acting.release_due_probes(now=robots.now) == [run.pk]
    work(run, robots)
    assert (run.status, run.interruptions, run.failing) == ("done", 1, 1)
    assert robots.opened == [f"{site.base}/a", f"{site.base}/b", f"{site.base}/404"]


def test_who_lost_the_run_writes_nothing(office: Office, robots: Robots, site: Site) -> None:
    show(office.account, f"{site.base}/a", now=robots.now)
    run = acting.ask_probe(office.account, actor=office.supervisor, now=robots.now)
    found = robots.outside()

    def slow(url: str) -> Any:
        ProbeRun.objects.filter(pk=run.pk).update(claimed_by="somebody else")
        return found.open(url)

    probing.work(
        run.pk, clock=robots.clock,
        outside=probing.Outside(slow, found.http, found.client, found.sleep),
    )  # fmt: skip
    run.refresh_from_db()
    assert run.status == "running"
    assert only_link(run).outcome == ""


def test_a_run_that_always_kills_its_worker_is_given_up(office: Office, robots: Robots) -> None:
    run = acting.ask_probe(office.account, actor=office.supervisor, now=robots.now)
    ProbeRun.objects.filter(pk=run.pk).update(interruptions=acting.MOST_INTERRUPTIONS + 1)
    work(run, robots)
    assert run.status == "failed"
    assert "中断" in run.note


def test_what_breaks_is_said_and_does_not_hold_the_account(
    office: Office, robots: Robots, site: Site
) -> None:
    show(office.account, f"{site.base}/a", now=robots.now)
    run = acting.ask_probe(office.account, actor=office.supervisor, now=robots.now)
    found = robots.outside()

    def broken(url: str) -> Any:
        raise RuntimeError

    probing.work(
        run.pk, clock=robots.clock,
        outside=probing.Outside(broken, found.http, found.client, found.sleep),
    )  # fmt: skip
    run.refresh_from_db()
    assert run.status == "failed"
    assert walked(office, robots).status == "done"


def test_an_evaluation_that_breaks_takes_nothing_from_the_run(
    office: Office, robots: Robots, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_accounts: object, **_given: object) -> int:
        raise RuntimeError

    monkeypatch.setattr("minxin.supervision.actions.probing.evaluate", broken)
    run = walked(office, robots)
    assert (run.status, run.verdict, run.is_latest) == ("done", "fine", True)


def test_old_runs_are_forgotten_but_not_what_still_speaks(
    office: Office, robots: Robots, site: Site
) -> None:
    show(office.account, f"{site.base}/hall", now=robots.now)
    first, last = walked(office, robots), walked(office, robots)
    later = robots.now + timedelta(days=400)
    assert acting.forget_probes(now=robots.now) == 0
    assert acting.forget_probes(now=later) == 1
    assert list(ProbeRun.objects.all()) == [last]
    assert not ProbeStep.objects.filter(run=first).exists()


# People -----------------------------------------------------------------------------------------------


def test_how_long_staff_take_is_measured_and_a_long_wait_is_told(
    office: Office, robots: Robots, city: City
) -> None:
    def spoke(sender: str, at: datetime) -> None:
        Message.objects.create(
            account=office.account, citizen=city.xiaolin, sender=sender, kind="Text", text="在吗",
            staff=city.wang if sender == "staff" else None, said_at=at, recorded_at=at,
        )  # fmt: skip

    began = robots.now - 2 * DAY
    dialogue, _made = Dialogue.objects.update_or_create(
        citizen=city.xiaolin, defaults={"account": office.account, "last_message_at": robots.now}
    )
    spoke("staff", began + timedelta(minutes=31))  # the same exchange, and written down first
    spoke("citizen", began)
    spoke("citizen", began + timedelta(minutes=10))
    spoke("staff", began + timedelta(minutes=30))
    step = walked(office, robots).steps.get(kind="human_reply")
    assert (step.outcome, step.facts) == ("fine", {"count": 1, "tickets": 0, "median_minutes": 30})
    spoke("citizen", began + 7 * timedelta(hours=1))  # she thanked, and asked again the other day
    spoke("citizen", began + timedelta(hours=40))
    spoke("staff", began + timedelta(hours=41))
    step = walked(office, robots).steps.get(kind="human_reply")
    assert step.facts == {"count": 2, "tickets": 0, "median_minutes": 45}
    ticket = tickets.file(
        text="东桥路口的路灯坏了三天", citizen=city.xiaolin, account=office.account, source="portal",
        key="t-1", actor=SETUP, now=began,
    )  # fmt: skip
    tickets.accept(ticket, actor=SETUP, now=began + timedelta(hours=1))
    tickets.answer(
        ticket, "已经修好了。", link="", actor=city.wang, now=began + timedelta(hours=30)
    )
    step = walked(office, robots).steps.get(kind="human_reply")
    assert step.facts == {
        "count": 2, "tickets": 1, "median_minutes": 45, "median_hours": 30
    }  # fmt: skip
    dialogue.wants_person_at = robots.now - 3 * DAY
    dialogue.save()
    assert walked(office, robots).steps.get(kind="human_reply").outcome == "fine"
    dialogue.wants_person_at = robots.now - 9 * DAY
    dialogue.save()
    run = walked(office, robots)
    assert run.steps.get(kind="human_reply").outcome == "overdue"
    assert run.verdict == "problems"
