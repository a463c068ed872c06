"""The life of an inspection: states, one table of steps, what a check table has, who fails.

国办秘函〔2019〕19号: an account fails at one veto; there is no national score of an account. Second look,
defence and sign-off are office practice, not a national rule.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from minxin.supervision.rules.packs import Severity


class Purpose(StrEnum):
    """Why accounts are looked at."""

    QUARTERLY = "quarterly"
    SPOT = "spot"
    SELF = "self"


class Standing(StrEnum):
    """Where a campaign stands. What is signed never changes."""

    RUNNING = "running"
    SIGNED = "signed"
    CANCELLED = "cancelled"


class State(StrEnum):
    """Where one account stands in a campaign."""

    WAITING = "waiting"
    SECOND = "second"
    UPHELD = "upheld"
    RELEASED = "released"
    DEFENDED = "defended"
    SETTLED = "settled"
    WITHDRAWN = "withdrawn"


class Step(StrEnum):
    """What moves it."""

    CHECK = "check"
    SEND_BACK = "send_back"
    UPHOLD = "uphold"
    RELEASE = "release"
    DEFEND = "defend"
    WAIVE = "waive"
    DECIDE = "decide"
    WITHDRAW = "withdraw"
    RECHECK = "recheck"


# From where a step may be taken, and to where it may lead. What decides between two is `after`.
STEPS: Mapping[Step, tuple[frozenset[State], frozenset[State]]] = MappingProxyType(
    {
        Step.CHECK: (frozenset({State.WAITING}), frozenset({State.SECOND, State.SETTLED})),
        Step.SEND_BACK: (frozenset({State.SECOND}), frozenset({State.WAITING})),
        Step.UPHOLD: (frozenset({State.SECOND}), frozenset({State.UPHELD, State.SETTLED})),
        Step.RELEASE: (frozenset({State.UPHELD}), frozenset({State.RELEASED})),
        Step.DEFEND: (frozenset({State.RELEASED}), frozenset({State.DEFENDED})),
        Step.WAIVE: (frozenset({State.RELEASED}), frozenset({State.SETTLED})),
        Step.DECIDE: (frozenset({State.DEFENDED}), frozenset({State.SETTLED})),
        Step.WITHDRAW: (
            frozenset({State.WAITING, State.SECOND, State.UPHELD}), frozenset({State.WITHDRAWN}),
        ),
        Step.RECHECK: (
            frozenset({State.UPHELD, State.SETTLED, State.WITHDRAWN}), frozenset({State.WAITING}),
        ),
    }
)  # fmt: skip
ENDED = frozenset({State.SETTLED, State.WITHDRAWN})


class Mark(StrEnum):
    """What a person says of one indicator of one account; nothing until she has said it."""

    PASSES = "passes"
    FAILS = "fails"
    DOES_NOT_APPLY = "na"
    UNCLEAR = "unclear"


class Barred(StrEnum):
    """Why a step is not taken; `wording.py` has the sentences."""

    NOT_NOW = "not_now"
    INCOMPLETE = "incomplete"
    UNCLEAR = "unclear"
    SAME_PERSON = "same_person"
    OWN_UNIT = "own_unit"
    TOO_LATE = "too_late"
    TOO_EARLY = "too_early"


@dataclass(frozen=True, slots=True)
class Facts:
    """What a step's guard looks at. `is_own`: the account belongs to the person's own unit;
    `is_same`: she is the one whose word is judged."""

    state: State
    marks: tuple[Mark | None, ...] = ()
    is_for_second: bool = False
    is_own: bool = False
    is_same: bool = False
    is_past_defence: bool = False


def barred(step: Step, facts: Facts) -> Barred | None:
    """Why this step may not be taken now; None when it may."""
    if facts.state not in STEPS[step][0]:
        return Barred.NOT_NOW
    judging = {Step.CHECK, Step.SEND_BACK, Step.UPHOLD, Step.DECIDE}
    if step in judging and facts.is_own:
        return Barred.OWN_UNIT
    if step in {Step.SEND_BACK, Step.UPHOLD, Step.DECIDE} and facts.is_same:
        return Barred.SAME_PERSON
    if step is Step.CHECK and (not facts.marks or None in facts.marks):
        return Barred.INCOMPLETE
    if step is Step.UPHOLD and Mark.UNCLEAR in facts.marks:
        return Barred.UNCLEAR
    if step is Step.DEFEND and facts.is_past_defence:
        return Barred.TOO_LATE
    if step is Step.WAIVE and not facts.is_past_defence and not facts.is_own:
        return Barred.TOO_EARLY
    return None


def after(step: Step, facts: Facts) -> State:
    """Where a step leads that is not barred."""
    fails = Mark.FAILS in facts.marks
    match step:
        case Step.CHECK:
            needs = fails or Mark.UNCLEAR in facts.marks or facts.is_for_second
            return State.SECOND if needs else State.SETTLED
        case Step.UPHOLD:
            return State.UPHELD if fails else State.SETTLED
    (only,) = STEPS[step][1]
    return only


# The check table -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the check table. `machine`: its indicator in `INDICATORS`, whose packs say whom it
    binds; without one it is a veto of the national list, looked at by a person alone. `is_usual`:
    whether a campaign has it unless somebody leaves it out."""

    code: str
    severity: Severity
    document: str
    article: str
    machine: bool = False
    is_usual: bool = True


NATIONAL = (
    "国务院办公厅秘书局关于印发政府网站与政务新媒体检查指标、监管工作年度考核指标的通知"
    "（国办秘函〔2019〕19号）"
)
OPINIONS = "国务院办公厅关于推进政务新媒体健康有序发展的意见（国办发〔2018〕123号）"
PROPOSED = "本系统建议，不是国家规定"
VETO, MAJOR, MINOR = Severity.VETO, Severity.MAJOR, Severity.MINOR

# What the published notices confirm of the national list; the whole of its table was not to be had.
LINES: tuple[Line, ...] = (
    Line("update.stale", VETO, NATIONAL, "单项否决：监测时间点前2周内无更新", machine=True),
    Line("interact.none", VETO, NATIONAL, "单项否决：未提供有效互动功能"),
    Line("interact.fake", VETO, NATIONAL, "单项否决：购买“粉丝”、强制要求群众点赞等弄虚作假"),
    Line("content.serious", VETO, NATIONAL, "单项否决：出现严重表述错误", machine=True),
    Line("content.secret", VETO, NATIONAL, "单项否决：泄露国家秘密"),
    Line("content.badlink", VETO, NATIONAL, "单项否决：发布或链接反动、暴力、色情等内容"),
    Line("content.outcry", VETO, NATIONAL, "单项否决：因发布内容不当引发严重负面舆情"),
    Line("account.uncertified", MAJOR, OPINIONS, "认证信息应标明主办单位（大意）", machine=True),
    Line("account.unfiled", MAJOR, OPINIONS, "分级备案（大意）", machine=True),
    Line(
        "account.duplicate_platform", MINOR, OPINIONS,
        "一个单位在同一平台原则上只开设一个账号（大意）", machine=True,
    ),
    Line(
        "content.privacy", MAJOR, "2018年政务公开工作要点",
        "公开时对涉及个人的信息作去标识化处理（大意）", machine=True, is_usual=False,
    ),
    Line(
        "content.ad", MAJOR, PROPOSED, "页面有商业广告（见于地方检查通报）", machine=True,
        is_usual=False,
    ),
    Line(
        "relay.rate", MINOR, PROPOSED, "重要信息按时转载（见于地方检查通报）", machine=True,
        is_usual=False,
    ),
    Line(
        "opinion.first", MAJOR, "国办发〔2016〕61号、国办发〔2016〕80号",
        "政务舆情首次回应：5小时、24小时、48小时（大意）", machine=True, is_usual=False,
    ),
    Line(
        "disclosure.due", MAJOR, "《中华人民共和国政府信息公开条例》（国务院令第711号）",
        "第三十三条：20个工作日内答复", machine=True, is_usual=False,
    ),
    Line(
        "reply.overdue", MINOR, PROPOSED, "市民咨询及时答复（见于地方检查通报）", machine=True,
        is_usual=False,
    ),
)  # fmt: skip
CODES = tuple(each.code for each in LINES)
USUAL = tuple(each.code for each in LINES if each.is_usual)


def line_of(code: str) -> Line:
    """One of them; `KeyError` for an unknown code."""
    found = next((each for each in LINES if each.code == code), None)
    if found is None:
        raise KeyError(code)
    return found


def fails(found: Iterable[tuple[Severity, Mark]]) -> bool:
    """Whether an account is 不合格: one veto is enough; other problems are named and put right."""
    return any(each is Mark.FAILS and how is Severity.VETO for how, each in found)
