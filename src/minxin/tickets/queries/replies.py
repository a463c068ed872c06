"""An answer read beside its ticket, before and after it goes."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from minxin.core.ids import normal_ticket_number
from minxin.text import mask
from minxin.text.replies import REASONS, WEIGHTS, Known, Past, Reading, fingerprint, read_reply
from minxin.tickets.models import ReplyCheck, Ticket

PAST = 200  # the latest answers of the agency that a new one is held against
NEIGHBOURS = 300  # tickets whose places are another case's
NEIGHBOURS_FOR = timedelta(days=90)

# Each answer that went is taken apart once per process; only hashes are remembered, never words.
_prints: dict[tuple[int, int], Past] = {}
_MOST_PRINTS = 20_000


def read_answer(ticket: Ticket, text: str, *, now: datetime) -> Reading:
    """What there is to remark on `text` as the answer to a ticket: two queries, no write."""
    others = Ticket.objects.filter(agency=ticket.agency_id).exclude(pk=ticket.pk)
    places = (
        others.filter(filed_at__gte=now - NEIGHBOURS_FOR)
        .exclude(place="")
        .order_by("-filed_at")
        .values_list("place", flat=True)[:NEIGHBOURS]
    )
    number = normal_ticket_number(text.replace(ticket.number, ""))
    known = Known(
        place=ticket.place,
        other_numbers=frozenset({number} if number and number != ticket.number else ()),
        other_places=frozenset(places),
    )
    return read_reply(ticket.text, text, past=_past(ticket), known=known)


def _past(ticket: Ticket) -> list[Past]:
    rows = (
        Ticket.objects.filter(agency=ticket.agency_id, answered_at__isnull=False)
        .exclude(pk=ticket.pk)
        .order_by("-answered_at")
        .values_list("pk", "text", "answer")[:PAST]
    )
    if len(_prints) > _MOST_PRINTS:
        _prints.clear()
    found = []
    for pk, question, answer in rows:
        key = (pk, hash((question, answer)))
        if key not in _prints:
            _prints[key] = Past(fingerprint(answer), fingerprint(question))
        found.append(_prints[key])
    return found


@dataclass(frozen=True, slots=True)
class Remark:
    """One remark as it is shown: `severity` block, warn or hint; `reason` a sentence in Chinese."""

    severity: str
    reason: str
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """Points of one part of the score, of so many."""

    name: str
    points: int
    of: int


PARTS = {
    "answers": "回应所问",
    "action": "办理措施",
    "time": "时间",
    "contact": "联系方式",
    "basis": "依据",
    "own_words": "针对本件",
}


def remarks_of(reading: Reading) -> list[Remark]:
    """The remarks of a reading, the worst first."""
    return [Remark(str(each.severity), each.reason, each.words) for each in reading.findings]


def parts_of(points: dict[str, int]) -> list[Part]:
    """The points in the order of `text.replies.WEIGHTS`."""
    return [Part(PARTS[name], points.get(name, 0), of) for name, of in WEIGHTS.items()]


@dataclass(frozen=True, slots=True)
class Check:
    """What was remarked on an answer when it went, for who reviews it."""

    at: datetime
    round: int
    score: int
    parts: list[Part]
    remarks: list[Remark]
    override: str
    who: str


def reply_checks(ticket: Ticket) -> list[Check]:
    """The readings kept with a ticket's answers, the newest first."""
    rows = ReplyCheck.objects.filter(ticket=ticket).select_related("staff")
    return [
        Check(
            at=row.at,
            round=row.round + 1,
            score=row.score,
            parts=parts_of(row.parts),
            remarks=[
                Remark(each["severity"], REASONS[each["kind"]], tuple(each["words"]))
                for each in row.findings
                if each["kind"] in REASONS
            ],
            override=row.get_override_display() if row.override else "",
            who=row.staff.name if row.staff else "",
        )
        for row in rows
    ]


def as_kept(reading: Reading) -> list[dict[str, object]]:
    """The findings as `ReplyCheck.findings` keeps them: private numbers masked."""
    return [
        {
            "kind": each.kind,
            "severity": str(each.severity),
            "words": [mask(word) for word in each.words],
        }
        for each in reading.findings
    ]
