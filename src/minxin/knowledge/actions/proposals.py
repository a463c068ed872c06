"""A reply becomes knowledge: offered by who answers, decided by another person who edits."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from minxin.agencies import audit
from minxin.agencies.actions import notify_staff
from minxin.agencies.models import Agency, Staff
from minxin.agencies.queries import ensure_may
from minxin.agencies.rules import Permission
from minxin.core.errors import Refused
from minxin.knowledge.actions.entries import (
    FIELDS,
    WAY_LIMIT,
    EntryDraft,
    create_entry,
    update_entry,
    ways_of,
)
from minxin.knowledge.models import Entry, EntryProposal
from minxin.knowledge.queries.proposals import deciders, standing_proposal
from minxin.knowledge.rules.proposals import what_is_hers

Aim = EntryProposal.Aim
Status = EntryProposal.Status
# Who answers there may offer what was answered.
MAY_OFFER = {
    EntryProposal.Origin.CONVERSATION: Permission.ANSWER_CONVERSATIONS,
    EntryProposal.Origin.TICKET: Permission.ANSWER_TICKETS,
}


@dataclass(frozen=True, slots=True)
class Offer:
    """What a reply would be as knowledge. `target`: the entry that is there already, for `aim` variant or
    update."""

    question: str
    answer: str
    ways: tuple[str, ...] = ()
    topic: str = ""
    aim: str = Aim.NEW
    target: Entry | None = None


@dataclass(frozen=True, slots=True)
class Replied:
    """The reply it comes from: `kind` and `number` as `EntryProposal` keeps them, the agency that gave it, and
    what is known of the citizen (name, telephone), none of which may stand in the words; it is not kept."""

    kind: str
    number: int
    agency: Agency
    hers: tuple[str, ...] = ()


@transaction.atomic
def propose_entry(offer: Offer, replied: Replied, *, actor: Staff, now: datetime) -> EntryProposal:
    """Offer a reply as knowledge. Refused while anything of a person stands in it, where nobody else could
    decide, and where the reply was offered already."""
    permission = MAY_OFFER[EntryProposal.Origin(replied.kind)]
    ensure_may(actor, permission, replied.agency)
    words = {"question": offer.question.strip(), "answer": offer.answer.strip()}
    ways = tuple(each for each in ways_of(offer.ways) if each != words["question"])
    _check(words, ways, offer, replied.hers)
    agency = offer.target.agency if offer.target is not None else replied.agency
    able = deciders(agency, besides=actor)
    if not able:
        raise Refused(
            _("%(agency)s还没有别的编辑可以审核，请先请管理员指定。") % {"agency": agency.name}
        )
    if standing_proposal(replied.kind, replied.number) is not None:
        raise Refused(_("这条答复已经送审或已收录，不用再送。"))
    made = EntryProposal(
        agency=agency, origin_kind=replied.kind, origin=replied.number, aim=offer.aim,
        target=offer.target, question=words["question"][:WAY_LIMIT], ways=list(ways),
        answer=words["answer"], topic=offer.topic.strip()[:40], proposed_by=actor, proposed_at=now,
    )  # fmt: skip
    try:
        with transaction.atomic():
            made.save()
    except IntegrityError as error:
        raise Refused(_("这条答复已经送审或已收录，不用再送。")) from error
    told = gettext_noop("有答复建议存为知识：%(question)s") % {"question": made.question[:60]}
    notify_staff(able, text=told, kind="review.proposals", link=_link(made), now=now)
    audit.record(
        actor, "entry_proposal.made", made, now=now, agency=agency,
        after={"aim": made.aim, "from": made.origin_kind},
    )  # fmt: skip
    return made


def _check(words: dict[str, str], ways: Sequence[str], offer: Offer, hers: tuple[str, ...]) -> None:
    if len(words["question"]) > WAY_LIMIT:
        raise Refused(_("问题最多 200 字，请写短一些。"), field="question")
    for field, missing in (("question", _("请填写问题。")), ("answer", _("请填写答复。"))):
        if not words[field]:
            raise Refused(missing, field=field)
    if offer.aim != Aim.NEW and offer.target is None:
        raise Refused(_("请选择是哪一条知识。"), field="aim")
    if offer.target is not None and offer.target.status == Entry.Status.RETIRED:
        raise Refused(_("这条知识已经停用，请作为新的知识送审。"), field="aim")
    said = {**words, "ways": "\n".join(ways)}
    for field, text in said.items():
        if left := what_is_hers(text, hers):
            raise Refused(
                _("还有个人信息或遮盖的部分：%(left)s。请删去或改写成对所有人都适用的话。")
                % {"left": "、".join(left[:5])},
                field=field,
            )


@transaction.atomic
def accept_proposal(
    proposal: EntryProposal,
    draft: EntryDraft | None = None,
    *,
    agency: Agency | None = None,
    actor: Staff,
    now: datetime,
) -> Entry:
    """Take a proposal over, by another person than who made it: `draft` as she finished it, for a new entry or
    one to be updated; its words become ways of asking for one that is there already (`draft` None)."""
    fresh = _held(proposal, actor)
    said = (fresh.question, *fresh.ways)
    if fresh.aim == Aim.NEW:
        if draft is None or agency is None:
            raise Refused(_("请填写知识条目。"))
        entry = create_entry(draft, agency=agency, actor=actor, now=now)
    else:
        target = fresh.target
        if target is None or target.status == Entry.Status.RETIRED:
            raise Refused(_("这条知识已经停用，请不采纳并说明原因。"))
        if draft is None:
            draft = draft_of(target, also=said)
        update_entry(target, draft, actor=actor, now=now, agency=agency)
        entry = target
    fresh.entry = entry
    _decide(fresh, Status.ACCEPTED, actor, now)
    audit.record(
        actor, "entry_proposal.accepted", fresh, now=now, agency=fresh.agency,
        after={"entry": entry.code},
    )  # fmt: skip
    told = gettext_noop("您建议的知识已收录：%(question)s") % {"question": fresh.question[:60]}
    notify_staff(
        [fresh.proposed_by], text=told, kind="review.proposals", link=_link(fresh), now=now
    )
    return entry


@transaction.atomic
def decline_proposal(proposal: EntryProposal, *, reason: str, actor: Staff, now: datetime) -> None:
    """Say why a reply does not become knowledge; it may be offered again."""
    fresh = _held(proposal, actor)
    if not reason.strip():
        raise Refused(_("请写明不采纳的原因。"), field="reason")
    fresh.reason = reason.strip()[:300]
    _decide(fresh, Status.DECLINED, actor, now)
    audit.record(
        actor, "entry_proposal.declined", fresh, now=now, agency=fresh.agency, reason=fresh.reason
    )
    told = gettext_noop("您建议的知识没有采纳：%(question)s") % {"question": fresh.question[:60]}
    notify_staff(
        [fresh.proposed_by], text=told, kind="review.proposals", link=_link(fresh), now=now
    )


def draft_of(entry: Entry, *, also: Sequence[str] = ()) -> EntryDraft:
    """An entry as it stands, with these ways of asking besides."""
    known = [each.text for each in entry.variants.all()]
    fields = {name: getattr(entry, name) for name in FIELDS}
    more = [each for each in ways_of(also) if each not in known and each != entry.question]
    return EntryDraft(variants=(*known, *more), code=entry.code, **fields)


def _held(proposal: EntryProposal, actor: Staff) -> EntryProposal:
    """The row, locked and still open, for somebody else than who made it."""
    ensure_may(actor, Permission.EDIT_KNOWLEDGE, proposal.agency)
    fresh = (
        EntryProposal.objects.select_for_update(of=("self",))
        .select_related("agency", "target__agency", "proposed_by")
        .get(pk=proposal.pk)
    )
    if fresh.proposed_by_id == actor.pk:
        raise Refused(_("自己送审的，要由另一个人审核。"))
    if fresh.status != Status.OPEN:
        raise Refused(_("这条建议已经有人审核过。"))
    return fresh


def _decide(row: EntryProposal, status: str, actor: Staff, now: datetime) -> None:
    row.status, row.decided_by, row.decided_at = status, actor, now
    row.save(update_fields=["status", "decided_by", "decided_at", "reason", "entry"])


def _link(row: EntryProposal) -> str:
    return f"/console/knowledge/proposals/{row.pk}/"
