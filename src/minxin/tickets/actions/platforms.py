"""What an administrator says of the city's platform and of how divisions take requests in; comparing the
two sides, and mending."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from minxin.agencies import audit
from minxin.agencies.actions import notify_staff
from minxin.agencies.models import Agency, Staff
from minxin.agencies.queries import divisions, ensure_may, ensure_may_everywhere, staff_with
from minxin.agencies.rules import Permission
from minxin.core.actors import Actor, System
from minxin.core.errors import AlreadyDone, Refused
from minxin.core.outward import BadAddress, Resolve, parts_of, route
from minxin.tickets.actions.mirroring import mirror
from minxin.tickets.models import (
    CityPlatform,
    Handover,
    HandoverAct,
    HandoverDifference,
    IntakeMode,
    SeenNonce,
)
from minxin.tickets.platforms import Listed, Update
from minxin.tickets.platforms.signing import WINDOW
from minxin.tickets.rules.handing import STATES, agrees

SHORTEST_SECRET = 16
COMPARED = timedelta(days=180)  # what was handed over in this time is compared
JUST_NOW = timedelta(minutes=10)  # what is this young may be on its way
_CODE = re.compile(r"[a-z][a-z0-9-]{1,39}")
Kind = HandoverDifference.Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class PlatformDraft:
    """What is said of a platform; an empty secret keeps the one that is there."""

    name: str
    code: str
    way: str
    base_url: str = ""
    secret: str = ""
    algorithm: str = "hmac-sha256"
    passes_contact: bool = False
    is_active: bool = True


def keep_platform(
    platform: CityPlatform | None,
    draft: PlatformDraft,
    *,
    agency: Agency,
    actor: Actor,
    now: datetime,
    resolve: Resolve | None = None,
) -> CityPlatform:
    """Enter a platform or change it. Raises `Refused` with the field that is wrong.

    Its name is asked for before the transaction: that may take seconds, and SQLite has one writer.
    """
    ensure_may(actor, Permission.EDIT_SETTINGS, agency)
    if platform is not None:
        ensure_may(actor, Permission.EDIT_SETTINGS, platform.agency)
    _ensure_platform_good(platform, draft, resolve)
    return _kept(platform, draft, agency=agency, actor=actor, now=now)


@transaction.atomic
def _kept(
    platform: CityPlatform | None,
    draft: PlatformDraft,
    *,
    agency: Agency,
    actor: Actor,
    now: datetime,
) -> CityPlatform:
    before = _settings_told(platform) if platform else None
    kept = platform or CityPlatform(created_at=now)
    kept.agency, kept.name, kept.code = agency, draft.name.strip(), draft.code
    kept.way, kept.base_url = draft.way, draft.base_url.strip().rstrip("/")
    kept.algorithm, kept.passes_contact = draft.algorithm, draft.passes_contact
    kept.is_active, kept.trouble, kept.trouble_at = draft.is_active, "", None
    if draft.secret:
        kept.secret = draft.secret
    try:
        with transaction.atomic():
            kept.save()
    except IntegrityError:
        raise Refused(_("已有同名或同代号的承接平台。"), field="name") from None
    after = {**_settings_told(kept), "replaced": ["secret"] if draft.secret else []}
    audit.record(actor, "city_platform.kept", kept, before=before, after=after, now=now)
    return kept


def _settings_told(platform: CityPlatform) -> dict[str, object]:
    names = ("name", "code", "way", "base_url", "algorithm", "passes_contact", "is_active")
    return {name: getattr(platform, name) for name in names}


def _ensure_platform_good(
    platform: CityPlatform | None, draft: PlatformDraft, resolve: Resolve | None
) -> None:
    if not draft.name.strip():
        raise Refused(_("请填写名称。"), field="name")
    if not _CODE.fullmatch(draft.code):
        raise Refused(_("代号用小写字母开头，可含数字和短横线。"), field="code")
    if platform is not None and platform.code != draft.code and platform.handovers.exists():
        raise Refused(_("已有工单转交，代号不能再改。"), field="code")
    if draft.way not in CityPlatform.Way.values:
        raise Refused(_("请选择对接方式。"), field="way")
    if draft.algorithm not in CityPlatform.Algorithm.values:
        raise Refused(_("请选择签名算法。"), field="algorithm")
    if draft.way == CityPlatform.Way.FOLDER:
        return
    _ensure_address_good(platform, draft.base_url.strip(), resolve)
    if draft.secret and len(draft.secret) < SHORTEST_SECRET:
        words = _("签名密钥至少 %(n)s 个字符。")
        raise Refused(words % {"n": SHORTEST_SECRET}, field="secret")
    if not draft.secret and not (platform and platform.secret):
        raise Refused(_("请填写签名密钥。"), field="secret")


def _ensure_address_good(
    platform: CityPlatform | None, address: str, resolve: Resolve | None
) -> None:
    networks = settings.MINXIN_PLATFORM_NETWORKS
    try:
        if parts_of(address, networks).query:
            raise BadAddress("extra")
        if platform is None or platform.base_url != address.rstrip("/"):
            route(address, networks, resolve)
    except BadAddress as bad:
        raise Refused(_fault_said(bad.fault), field="base_url") from None


def _fault_said(fault: str) -> str:
    match fault:
        case "extra":
            return _("接口地址里不能有密码、问号和井号。")
        case "plain":
            return _("公网的接口地址要以 https:// 开头；http:// 只用于内网。")
        case "forbidden":
            return _("这个地址指向本机或系统内部，不能使用。")
        case "unknown":
            return _("接口地址的域名查不到，请检查地址和网络。")
    return _("接口地址要以 http:// 或 https:// 开头。")


@transaction.atomic
def keep_mode(
    region_code: str, mode: str, platform: CityPlatform | None, *, actor: Actor, now: datetime
) -> IntakeMode:
    """Say how a division takes requests in from now on; what was filed before stays where it is."""
    ensure_may_everywhere(actor, Permission.EDIT_SETTINGS)
    code = region_code.strip()
    if not divisions().is_known(code):
        raise Refused(_("没有这个区划代码。"), field="region_code")
    if mode not in IntakeMode.Mode.values:
        raise Refused(_("请选择受理方式。"), field="mode")
    if mode == IntakeMode.Mode.HAND_OVER and (platform is None or not platform.is_active):
        raise Refused(_("转交需要选一个启用的承接平台。"), field="platform")
    known = IntakeMode.objects.filter(region_code=code).first()
    before = {"mode": known.mode, "platform": str(known.platform or "")} if known else None
    kept, _is_new = IntakeMode.objects.update_or_create(
        region_code=code,
        defaults={
            "mode": mode,
            "platform": platform if mode == IntakeMode.Mode.HAND_OVER else None,
            "changed_at": now,
        },
    )
    after = {"mode": mode, "platform": str(kept.platform or "")}
    audit.record(actor, "intake_mode.kept", kept, before=before, after=after, now=now)
    return kept


# What the platform sends ----------------------------------------------------------------------


def take_nonce(platform: CityPlatform, nonce: str, *, now: datetime) -> bool:
    """Whether a callback's nonce is new; it is not any more afterwards."""
    try:
        with transaction.atomic():
            SeenNonce.objects.create(platform=platform, nonce=nonce, at=now)
    except IntegrityError:
        return False
    return True


def forget_nonces(*, now: datetime) -> int:
    """Remove those whose timestamps no callback could carry any more; how many."""
    old = now - timedelta(seconds=3 * WINDOW)
    return SeenNonce.objects.filter(at__lt=old).delete()[0]


def note_trouble(platform: CityPlatform, words: str, *, now: datetime) -> None:
    """Nothing goes to the platform: who keeps it is told once, until it goes again."""
    fresh = CityPlatform.objects.filter(pk=platform.pk, trouble="")
    if words and fresh.update(trouble=words[:300], trouble_at=now):
        people = staff_with(Permission.EDIT_SETTINGS, platform.agency)
        text = gettext_noop("承接平台“%(name)s”连不上，诉求都保留着，恢复后自动送达")
        notify_staff(
            people, kind="platform", text=text % {"name": platform.name},
            link="/console/handover/", now=now,
        )  # fmt: skip
    elif not words:
        CityPlatform.objects.filter(pk=platform.pk).exclude(trouble="").update(
            trouble="", trouble_at=None
        )


# Comparing -------------------------------------------------------------------------------------


@transaction.atomic
def compare(platform: CityPlatform, listed: Sequence[Listed], *, now: datetime) -> int:
    """Hold the platform's list against ours: differences are opened, and those that are gone are closed;
    how many are open."""
    ours = {
        row.ticket.number: row
        for row in Handover.objects.filter(
            platform=platform, made_at__gte=now - COMPARED
        ).select_related("ticket")
    }
    before = Handover.objects.filter(platform=platform, made_at__lt=now - COMPARED)
    old = set(before.values_list("ticket__number", flat=True))
    theirs = {each.our_number: each for each in listed}
    found: dict[str, HandoverDifference] = {}

    def note(kind: str, handover: Handover | None, number: str, our: str, their: str) -> None:
        mark = f"{kind}:{handover.ticket_id if handover else ''}:{number}"[:120]
        found[mark] = HandoverDifference(
            platform=platform, kind=kind, mark=mark, ticket=handover.ticket if handover else None,
            their_number=number, ours=our, theirs=their, found_at=now,
        )  # fmt: skip

    for number, row in ours.items():
        their = theirs.get(number)
        if row.ticket.status == "moved":
            continue  # a report of wrongdoing: it is in no list of ours
        if their is None:
            if row.acknowledged_at is not None and row.acknowledged_at < now - JUST_NOW:
                note(Kind.MISSING_THERE, row, row.their_number, row.ticket.get_status_display(), "")
            continue
        if row.their_number and their.their_number and row.their_number != their.their_number:
            note(Kind.NUMBER, row, their.their_number, row.their_number, their.their_number)
        if not agrees(row.ticket.status, their.state) and row.ticket.status != "withdrawn":
            said = STATES.get(their.state, their.state)
            note(Kind.STATE, row, their.their_number, row.ticket.get_status_display(), said)
    for number, their in theirs.items():
        if number not in ours and number not in old:
            note(Kind.MISSING_HERE, None, their.their_number or number, "", f"工单编号 {number}")
    open_now = HandoverDifference.objects.filter(platform=platform, mended_at=None)
    gone = open_now.exclude(mark__in=found)
    gone.update(mended_at=now, mended_how=_("再次对账时已经一致"))
    known = set(open_now.values_list("mark", flat=True))
    HandoverDifference.objects.bulk_create(row for mark, row in found.items() if mark not in known)
    audit.record(
        System("handover"),
        "handover.compared",
        platform,
        agency=platform.agency,
        after={"count": len(ours), "found": len(found)},
        now=now,
    )
    if set(found) - known:
        text = gettext_noop("与“%(name)s”对账有 %(count)s 处不一致")
        notify_staff(
            staff_with(Permission.ASSIGN_TICKETS, platform.agency), kind="handover",
            text=text % {"name": platform.name, "count": len(found)},
            link="/console/handover/differences/", now=now,
        )  # fmt: skip
    return len(found)


@transaction.atomic
def mend(
    difference: HandoverDifference, act: str, *, reason: str, actor: Staff, now: datetime
) -> None:
    """Mend a difference: `send` it again, take `theirs` as right, or `leave` it for a reason."""
    ensure_may(actor, Permission.ASSIGN_TICKETS, difference.platform.agency)
    fresh = HandoverDifference.objects.select_for_update().get(pk=difference.pk)
    if fresh.mended_at is not None:
        raise AlreadyDone(_("这处差异已经处理。"))
    handover = Handover.objects.filter(ticket=fresh.ticket).first() if fresh.ticket else None
    match act:
        case "send" if fresh.kind == Kind.MISSING_THERE and handover is not None:
            HandoverAct.objects.filter(handover=handover, kind=HandoverAct.Kind.FILE).update(
                status=HandoverAct.Status.WAITING, due_at=now, error=""
            )
            how = _("重新送达")
        case "theirs" if fresh.kind in {Kind.NUMBER, Kind.STATE} and handover is not None:
            how = _("以对方为准")
            _as_they_say(fresh, handover, now)
        case "leave":
            if len(reason.strip()) < 4:
                raise Refused(_("请写明为什么不处理。"), field="reason")
            how = reason.strip()[:200]
        case _:
            raise Refused(_("这种差异不能这样处理。"))
    fresh.mended_at, fresh.mended_by, fresh.mended_how = now, actor, how
    fresh.save()
    audit.record(
        actor, "handover.mended", fresh.ticket or fresh.platform, agency=fresh.platform.agency,
        before={"ours": fresh.ours, "theirs": fresh.theirs}, after={"kind": fresh.kind},
        reason=how, now=now,
    )  # fmt: skip


def _as_they_say(row: HandoverDifference, handover: Handover, now: datetime) -> None:
    """Take their number or state over now; a reply comes with their next word on the ticket."""
    states = {name: state for state, name in STATES.items()}
    state = states.get(row.theirs, handover.their_state or "received")
    mirror(
        row.platform,
        Update(
            our_number=handover.ticket.number,
            their_number=row.their_number,
            state=state,
            revision=max(handover.revision, 1),
        ),
        now=now,
        is_forced=True,
    )
    # Ask for the whole of it: their changes are read from the beginning once more.
    CityPlatform.objects.filter(pk=row.platform_id).update(cursor="", polled_at=None)
    Handover.objects.filter(pk=handover.pk).update(revision=0)
