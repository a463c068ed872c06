"""What a menu gives to do, and what each answer is worth: no table, no clock."""

import itertools
from datetime import datetime, timedelta

import pytest

from minxin.supervision.rules.probing import (
    Barrier,
    How,
    Judged,
    Known,
    Outcome,
    Page,
    Planned,
    StepKind,
    Verdict,
    Why,
    barrier,
    counts,
    good_domain,
    has_nothing_in_common,
    host_of,
    is_listed,
    judge_answer,
    judge_link,
    menu_steps,
    site_of,
    slots,
    verdict_of,
)
from minxin.supervision.rules.proofs import LinkFailure

HERE = "https://www.yunxi.gov.cn/hall"
NEW = Known()


def judged(page: Page, known: Known = NEW, listed: tuple[str, ...] = ()) -> Judged:
    return judge_link(
        page, target=HERE, known=known, listed=frozenset(listed), sign_in={"open.weixin.qq.com"}
    )


def test_every_entry_of_a_menu_that_does_something_is_a_step() -> None:
    menu = [
        {
            "name": "办事",
            "sub_button": [
                {"type": "view", "name": "大厅", "url": HERE},
                {"type": "click", "name": "时间", "key": "hours"},
                {"type": "miniprogram", "name": "小程序", "appid": "wx1", "url": "https://a.cn/"},
            ],
        },
        {"type": "click", "name": "找人工", "key": "person"},
    ]
    assert menu_steps(menu) == (
        Planned(StepKind.MENU_LINK, "办事 › 大厅", HERE),
        Planned(StepKind.MENU_KEY, "办事 › 时间", "hours"),
        Planned(StepKind.MENU_LINK, "办事 › 小程序", "miniprogram", can_be_taken=False),
        Planned(StepKind.MENU_KEY, "找人工", "person"),
    )
    wrapped = [
        {"name": "办事", "sub_button": {"list": [{"type": "view", "name": "大厅", "url": HERE}]}}
    ]
    assert menu_steps(wrapped) == (Planned(StepKind.MENU_LINK, "办事 › 大厅", HERE),)
    assert len(menu_steps([{"type": "click", "name": "一", "key": "k"}] * 500)) == 40


@pytest.mark.parametrize("menu", [None, "", {}, [None, 7, []], [{}]])
def test_what_is_no_menu_gives_nothing_to_open(menu: object) -> None:
    assert not [each for each in menu_steps(menu) if each.can_be_taken]


@pytest.mark.parametrize(
    ("page", "outcome"),
    [
        (Page(HERE, 200), Outcome.FINE),
        (Page("http://m.yunxi.gov.cn/", 200), Outcome.FINE),
        (Page(HERE, 404), Outcome.DEAD),
        (Page(HERE, 410), Outcome.DEAD),
        (Page(HERE, 403), Outcome.REFUSED),
        (Page(HERE, 502), Outcome.ERROR),
        (Page(HERE, None, LinkFailure.NO_SUCH_NAME), Outcome.UNREACHABLE),
        (Page(HERE, None, LinkFailure.TOO_SLOW), Outcome.UNREACHABLE),
        (Page("http://10.0.0.8/", None, LinkFailure.NOT_PUBLIC), Outcome.BLOCKED),
        (Page("https://open.weixin.qq.com/connect/oauth2/authorize?appid=1", 200), Outcome.SIGN_IN),
        (Page("https://open.weixin.qq.com/other", 200), Outcome.DRIFTED),
        (Page("https://www.lucky.example/", 200), Outcome.DRIFTED),
        (Page("https://www.other.gov.cn/", 200), Outcome.DRIFTED),
    ],
)
def test_a_link_by_its_answer(page: Page, outcome: Outcome) -> None:
    assert judged(page).outcome is outcome


def test_a_link_that_changed_its_subject_or_is_listed() -> None:
    known = Known("云溪市政务服务大厅")
    assert judged(Page(HERE, 200, title="政务服务中心"), known).outcome is Outcome.FINE
    drifted = judged(Page(HERE, 200, title="澳门娱乐城"), known)
    assert drifted == Judged(Outcome.DRIFTED, (Why.OTHER_SUBJECT,))
    elsewhere = Page("https://www.new.cn/", 200)
    assert judged(elsewhere) == Judged(Outcome.DRIFTED, (Why.OTHER_SITE,))
    assert judged(elsewhere, Known(sites=frozenset({"new.cn"}))).outcome is Outcome.FINE
    listed = judged(Page("https://a.lucky.example/", None), listed=("lucky.example",))
    assert listed == Judged(Outcome.LISTED, (Why.LISTED_SITE,))


def test_what_may_lie_at_our_own_end_is_believed_the_second_time() -> None:
    for outcome in (Outcome.ERROR, Outcome.REFUSED, Outcome.UNREACHABLE):
        assert not counts(outcome, None)
        assert not counts(outcome, Outcome.FINE)
        assert counts(outcome, Outcome.REFUSED)
    for outcome in (Outcome.DEAD, Outcome.DRIFTED, Outcome.LISTED, Outcome.BLOCKED):
        assert counts(outcome, None)
    for outcome in (Outcome.FINE, Outcome.SIGN_IN, Outcome.UNSEEN):
        assert not counts(outcome, Outcome.DEAD)


@pytest.mark.parametrize(
    ("host", "site"),
    [
        ("www.yunxi.gov.cn", "yunxi.gov.cn"),
        ("yunxi.gov.cn", "yunxi.gov.cn"),
        ("a.b.example.com", "example.com"),
        ("x.bj.cn", "x.bj.cn"),
        ("city.cn", "city.cn"),
        ("www.city.cn", "city.cn"),
        ("10.0.0.1", "10.0.0.1"),
        ("localhost", "localhost"),
        ("", ""),
    ],
)
def test_the_registered_domain(host: str, site: str) -> None:
    assert site_of(host) == site


def test_a_domain_is_listed_with_all_below_it_and_nothing_beside_it() -> None:
    listed = frozenset({"lucky.example"})
    assert is_listed("lucky.example", listed)
    assert is_listed("a.b.lucky.example", listed)
    assert not is_listed("unlucky.example", listed)
    assert not is_listed("example", listed)
    assert not is_listed("", listed)
    abroad = frozenset({good_domain("幸运.example")})
    assert is_listed(host_of("http://www.幸运.example/"), abroad)


def test_titles_with_nothing_in_common() -> None:
    assert has_nothing_in_common("真人在线", "政务服务大厅")
    assert not has_nothing_in_common("云溪 政务-大厅", "政务服务")
    for said in ("", "办", "——"):  # says nothing
        assert not has_nothing_in_common(said, "政务服务大厅")
        assert not has_nothing_in_common("政务服务大厅", said)


@pytest.mark.parametrize(
    ("said", "domain"),
    [
        (" Lucky.Example ", "lucky.example"),
        ("https://www.lucky.example/a?b=1", "www.lucky.example"),
        ("幸运.example", "xn--lwt711i.example"),
        ("localhost", ""),
        ("", ""),
        ("two words.example", ""),
        ("http://[::1", ""),
        ("a" * 300 + ".example", ""),
    ],
)
def test_a_domain_as_it_is_kept(said: str, domain: str) -> None:
    assert good_domain(said) == domain


@pytest.mark.parametrize(
    ("how", "said", "status", "seconds", "outcome"),
    [
        (How.SAYS, "您好", 200, 0.1, Outcome.FINE),
        (How.UNKNOWN, "还没有答复", 200, 0.1, Outcome.FINE),
        (How.WORKS, "", 200, 0.1, Outcome.REACHED),
        (How.SILENT, "", 200, 0.1, Outcome.EMPTY),
        (How.SAYS, "  ", 200, 0.1, Outcome.EMPTY),
        (None, "", 200, 0.1, Outcome.ERROR),
        (None, "", 500, 0.1, Outcome.ERROR),
        (None, "", None, 0.1, Outcome.UNREACHABLE),
        (How.SAYS, "您好", 200, 5.01, Outcome.LATE),
        (None, "", None, 7.0, Outcome.LATE),
    ],
)
def test_an_answer(
    how: How | None, said: str, status: int | None, seconds: float, outcome: Outcome
) -> None:
    assert judge_answer(how=how, said=said, status=status, seconds=seconds) is outcome


def test_a_run_says_the_worst_and_does_not_hide_what_it_did_not_see() -> None:
    assert verdict_of([Outcome.FINE, Outcome.REACHED, Outcome.SKIPPED]) is Verdict.FINE
    assert verdict_of([Outcome.FINE, Outcome.UNSEEN]) is Verdict.UNCLEAR
    assert verdict_of([Outcome.UNSEEN, Outcome.DEAD]) is Verdict.PROBLEMS
    assert verdict_of([]) is Verdict.FINE


def test_runs_of_a_day_are_as_far_apart_as_can_be(now: datetime) -> None:
    end = now + timedelta(hours=10)
    found = slots(100, begin=now, end=end)
    gaps = {round((b - a).total_seconds()) for a, b in itertools.pairwise(found)}
    assert gaps == {360}
    assert now < found[0] < found[-1] < end
    assert slots(0, begin=now, end=end) == []


def test_why_an_account_is_not_probed() -> None:
    def found(**given: object) -> Barrier | None:
        fine = {"platform": "wechat", "status": "active", "has_credentials": True}
        return barrier(**{**fine, **given})  # type: ignore[arg-type]

    assert found() is None
    assert found(status="closing") is None
    assert found(platform="weibo") is Barrier.NOT_WECHAT
    assert found(status="planned") is Barrier.NOT_IN_USE
    assert found(has_credentials=False) is Barrier.NO_CREDENTIALS
