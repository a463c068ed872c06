"""FIGURES: what each figure counts, once. Page, sheet, weekly report and docs all read from here.

A figure is rows of `TicketFacts`: of those in `whole` whose day `on` lies in a period, those in `part`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Q

from minxin.tickets.rules.figures import LEVELS


@dataclass(frozen=True, slots=True)
class Terms:
    """What a city sets, and the moment of reading: a limit that has not passed counts nobody as late."""

    now: datetime
    response: timedelta
    weights: tuple[float, ...]
    least: int

    @property
    def response_minutes(self) -> int:
        return int(self.response.total_seconds()) // 60


def terms(now: datetime) -> Terms:
    """As this installation set them."""
    return Terms(
        now,
        timedelta(hours=settings.MINXIN_RESPONSE_HOURS),
        tuple(settings.MINXIN_SATISFACTION_WEIGHTS),
        settings.MINXIN_SMALL_NUMBER,
    )


Rows = Callable[[Terms], Q]


@dataclass(frozen=True, slots=True)
class Definition:
    """One figure. Without `part` it is a plain count of `whole`.

    `on` is the day by which a ticket belongs to a period. `not_by`: ways of grouping that would say
    something else. `is_burden`: the lower, the better.
    """

    key: str
    name: str
    on: str
    whole: Rows
    whole_said: str
    part: Rows | None = None
    part_said: str = ""
    note: str = ""
    not_by: frozenset[str] = frozenset()
    is_weighted: bool = False
    is_burden: bool = False

    @property
    def is_rate(self) -> bool:
        return self.part is not None

    @property
    def formula(self) -> str:
        """In words, as it is printed."""
        return f"{self.part_said} ÷ {self.whole_said}" if self.part else self.whole_said


VALID = Q(is_valid=True)
HANDLED = VALID & Q(is_merged=False)
ON_FILING, ON_DUE, ON_RATING, ON_VOICE = "filed_on", "due_on", "rated_on", "voiced_on"
_HANDLED_SAID = "期内提交的有效诉求（不含并入其他工单的）"


def _due_for_response(terms: Terms) -> Q:
    passed = Q(filed_at__lte=terms.now - terms.response)
    return HANDLED & (passed | Q(response_minutes__lte=terms.response_minutes))


def _satisfied(terms: Terms) -> Q:
    return Q(level__in=[each for each, worth in zip(LEVELS, terms.weights, strict=True) if worth])


FIGURES: tuple[Definition, ...] = (
    Definition(
        "received", "收到诉求", ON_FILING, lambda terms: Q(), "期内提交的全部诉求",
        note="含后来撤回、不予受理和并入其他工单的。",
    ),
    Definition(
        "valid", "有效诉求", ON_FILING, lambda terms: VALID, "期内提交的有效诉求",
        note="收到的诉求减去市民撤回的、不予受理的和认定为恶意的；并入其他工单的算在内。",
    ),
    Definition(
        "response", "响应率", ON_FILING, _due_for_response,
        "期内提交、已到响应时限或已在时限内响应的有效诉求（不含并入其他工单的）",
        lambda terms: Q(response_minutes__lte=terms.response_minutes),
        "时限内有第一次响应的",
        note="第一次响应是受理、签收、答复中最早的一次，从提交起按钟点连续计算；时限由 MINXIN_RESPONSE_HOURS 设定。",
    ),
    Definition(
        "answer", "答复率", ON_FILING, lambda terms: HANDLED, _HANDLED_SAID,
        lambda terms: Q(is_answered=True), "已答复或已办结的",
        note="重新办理而还没有再答复的，不算已答复。",
    ),
    Definition(
        "closing", "办结率", ON_FILING, lambda terms: HANDLED, _HANDLED_SAID,
        lambda terms: Q(is_closed=True), "已办结的",
    ),
    Definition(
        "on_time", "按时办结率", ON_DUE,
        lambda terms: HANDLED & Q(is_stopped=False) & (Q(is_answered=True) | Q(due_at__lte=terms.now)),
        "答复期限在期内、已答复或期限已过的有效诉求（不含并入其他工单的、正在暂停计时的）",
        lambda terms: Q(is_on_time=True), "期限内答复的",
        note="计时在答复时停止，所以以答复为准；期限是暂停、延期之后的，对市民的承诺另有台账。",
    ),
    Definition(
        "solved", "解决率", ON_VOICE, lambda terms: VALID, "期内市民有明确意见的有效诉求",
        lambda terms: Q(is_solved=True), "意见为已解决的",
        note="市民最近一次意见：回访说已解决，或评价为基本满意及以上，算已解决；回访说部分解决、没有解决，评价为不满意、非常不满意，或要求重新办理，算未解决；没有表示意见、回访说不清的不计。",
    ),
    Definition(
        "satisfied", "满意率", ON_RATING, lambda terms: VALID & ~Q(level=""),
        "期内收到评价（含回访）的有效诉求",
        _satisfied, "按权重折算的满意数",
        note="一件诉求以最近一次评价或回访为准，并入其他工单的各算各的。五级权重由 MINXIN_SATISFACTION_WEIGHTS 设定，没有查到官方权重，默认基本满意及以上计 1、其余计 0。",
        is_weighted=True,
    ),
    Definition(
        "returned", "退单率", ON_FILING, lambda terms: HANDLED, _HANDLED_SAID,
        lambda terms: Q(returned_times__gt=0), "经同意退单或裁定改派过的",
        note="说明派单是否准确。退单后承办单位已经不同，所以不按单位分列。",
        not_by=frozenset({"agency"}), is_burden=True,
    ),
    Definition(
        "redone", "重办率", ON_FILING, lambda terms: HANDLED & Q(was_answered=True),
        "期内提交、答复过的有效诉求（不含并入其他工单的）",
        lambda terms: Q(reopened_times__gt=0), "重新办理过的", is_burden=True,
    ),
    Definition(
        "repeated", "重复诉求率", ON_FILING, lambda terms: VALID, "期内提交的有效诉求",
        lambda terms: Q(is_merged=True), "并入其他工单办理的",
        note="只算由人确认合并的；相近而没有合并的、只关注而没有提交的不计。", is_burden=True,
    ),
    Definition(
        "reminded", "催办率", ON_FILING, lambda terms: HANDLED, _HANDLED_SAID,
        lambda terms: Q(reminded_times__gt=0), "时限台账上有催办或督办记录的（到期前的提醒不算）", is_burden=True,
    ),
)  # fmt: skip
BY_KEY = {each.key: each for each in FIGURES}
# What of them a dashboard puts on top; six at most.
ON_TOP = ("received", "response", "on_time", "solved", "satisfied", "redone")
