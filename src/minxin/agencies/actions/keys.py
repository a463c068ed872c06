"""Keys of the open API: made, used, revoked."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from minxin.agencies import audit
from minxin.agencies.models import Agency, ApiKey, ApiWrite, Staff
from minxin.agencies.queries import ensure_may
from minxin.agencies.rules import KEY_RIGHTS, Permission
from minxin.core.actors import System
from minxin.core.errors import AlreadyDone, Refused

LONGEST = timedelta(days=732)  # two years; ours: rights of a contract end
KEPT = timedelta(days=7)  # so long a write under the same idempotency key is known
MOST_PER_MINUTE = 6000
_NOTED = timedelta(seconds=60)


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyDraft:
    """What is said of a new key. `expires_at` to the second."""

    name: str
    partner: str
    rights: Sequence[str]
    level_coding: str
    expires_at: datetime
    per_minute: int = 120


def digest_of(token: str) -> str:
    """What is kept of a key: its 192 random bits need no slow hash."""
    return hashlib.sha256(token.encode()).hexdigest()


@transaction.atomic
def make_key(agency: Agency, draft: KeyDraft, *, actor: Staff, now: datetime) -> tuple[ApiKey, str]:
    """Make a key for a partner; the second value is the key itself, to be shown once and kept nowhere.

    By who gives rights over this agency. Raises `Refused` with the field that is wrong.
    """
    ensure_may(actor, Permission.EDIT_STAFF, agency)
    name, partner = draft.name.strip(), draft.partner.strip()
    rights = sorted(set(draft.rights))
    if not name:
        raise Refused(_("请填写名称。"), field="name")
    if not partner:
        raise Refused(_("请填写使用单位，谁用谁负责。"), field="partner")
    if not rights or not set(rights) <= {each.value for each in KEY_RIGHTS}:
        raise Refused(_("请至少选一项权限。"), field="rights")
    if draft.level_coding not in ApiKey.LevelCoding.values:
        raise Refused(_("请选择对方使用的评价等级编码。"), field="level_coding")
    if not now < draft.expires_at <= now + LONGEST:
        raise Refused(_("有效期要晚于现在，最长两年。"), field="expires_at")
    if not 1 <= draft.per_minute <= MOST_PER_MINUTE:
        words = _("每分钟请求数在 1 到 %(most)s 之间。")
        raise Refused(words % {"most": MOST_PER_MINUTE}, field="per_minute")
    mark = secrets.token_hex(6)
    token = f"mx_{mark}_{secrets.token_urlsafe(24)}"
    made = ApiKey.objects.create(
        agency=agency,
        name=name[:60],
        partner=partner[:120],
        mark=mark,
        digest=digest_of(token),
        rights=rights,
        level_coding=draft.level_coding,
        per_minute=draft.per_minute,
        created_at=now,
        created_by=actor,
        expires_at=draft.expires_at.replace(microsecond=0),
    )
    after = {
        "partner": made.partner,
        "rights": rights,
        "level_coding": made.level_coding,
        "expires_at": made.expires_at,
    }
    audit.record(actor, "api_key.made", made, agency=agency, after=after, now=now)
    return made, token


@transaction.atomic
def revoke_key(key: ApiKey, *, reason: str, actor: Staff, now: datetime) -> None:
    """End a key: the very next request with it is refused."""
    ensure_may(actor, Permission.EDIT_STAFF, key.agency)
    if not reason.strip():
        raise Refused(_("请填写吊销的理由。"), field="reason")
    if not ApiKey.objects.filter(pk=key.pk, revoked_at=None).update(revoked_at=now):
        raise AlreadyDone(_("这个密钥已经吊销。"))
    key.revoked_at = now
    audit.record(actor, "api_key.revoked", key, agency=key.agency, reason=reason, now=now)


def note_use(key: ApiKey, *, now: datetime) -> None:
    """Remember that a key was used, to the minute."""
    if key.last_used_at is None or now - key.last_used_at >= _NOTED:
        ApiKey.objects.filter(pk=key.pk).update(last_used_at=now)


def begin_write(key: ApiKey, name: str, asked: str, *, now: datetime) -> tuple[ApiWrite, bool]:
    """The row of a write, and whether it is new; inside the transaction of the write itself, so that a
    repeat in between waits for its answer. `asked` is the digest of the request."""
    return ApiWrite.objects.get_or_create(key=key, name=name, defaults={"digest": asked, "at": now})


def end_write(row: ApiWrite, *, status: int, answer: str) -> None:
    """Keep what was answered."""
    row.status, row.answer = status, answer
    row.save(update_fields=["status", "answer"])


def forget_writes(*, now: datetime) -> int:
    """Remove answers that were kept long enough; how many."""
    gone = 0
    old = ApiWrite.objects.filter(at__lt=now - KEPT)
    while numbers := list(old.values_list("pk", flat=True)[:500]):
        gone += ApiWrite.objects.filter(pk__in=numbers).delete()[0]
    if gone:
        with transaction.atomic():
            audit.record(
                System("clock"), "api_write.forgotten", "接口写入", after={"count": gone}, now=now
            )
    return gone
