"""What administrators say of the city's own model; what each request costs and left behind."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from minxin.agencies import audit
from minxin.agencies.queries import ensure_may_everywhere
from minxin.agencies.rules import Permission
from minxin.core.actors import Actor
from minxin.core.errors import Refused
from minxin.core.outward import BadAddress, Resolve, inner_route, parts_of
from minxin.knowledge.models import ModelCall, ModelDay, OwnModel
from minxin.knowledge.queries.own_model import ModelSettings, calls_of_last_minute, own_model
from minxin.knowledge.rules.own_model import PATH, is_label, pause_after

EDIT = Permission.EDIT_SETTINGS
_AT_ONCE = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelDraft:
    """What is said of the model. `secret` empty: the key stays, unless the address is another."""

    is_on: bool
    address: str
    model: str
    secret: str
    for_entries: bool
    requests_a_day: int
    tokens_a_day: int
    requests_a_minute: int
    seconds: int
    label: str
    filing_number: str
    kept_days: int
    drops_secret: bool = False


def fault_said(fault: str) -> str:
    """Why an address cannot be the model's, for people."""
    match fault:
        case "extra":
            return _("地址里不能有用户名、密码和井号。")
        case "unknown":
            return _("地址里的主机名查不到，请检查地址和网络。")
        case "plain" | "forbidden":
            return _(
                "这个地址不在允许的网段里。模型只能在本单位的内网：请运维人员在设置 MINXIN_MODEL_NETWORKS 里写明网段。"
            )
    return _("地址不正确，例如：http://10.20.3.4:8000/v1")


def drafted(draft: ModelDraft, *, resolve: Resolve | None = None) -> ModelSettings:
    """What a draft would call, with the key that is kept where none is given. Raises `Refused` with the field.

    A key is never sent to another address than the one it was entered for.
    """
    kept = own_model()
    address = draft.address.strip().rstrip("/")
    if (draft.is_on or address) and not draft.model.strip():
        raise Refused(_("请填写模型名称。"), field="model")
    if draft.is_on and not address:
        raise Refused(_("请填写接口地址。"), field="address")
    if address:
        try:
            if parts_of(address, settings.MINXIN_MODEL_NETWORKS).query:
                raise BadAddress("extra")
            inner_route(address + PATH, settings.MINXIN_MODEL_NETWORKS, resolve)
        except BadAddress as bad:
            raise Refused(fault_said(bad.fault), field="address") from None
    key = draft.secret.strip()
    if any(not 33 <= ord(each) <= 126 for each in key):
        raise Refused(_("密钥里只能有英文字母、数字和符号。"), field="secret")
    if not key and kept.secret and not draft.drops_secret:
        if address != kept.address:
            raise Refused(_("换了地址，请重新填写密钥，或选择不用密钥。"), field="secret")
        key = kept.secret
    return ModelSettings(
        address, draft.model.strip(), key, draft.seconds, draft.label.strip(),
        draft.filing_number.strip(), draft.for_entries, kept.version,
    )  # fmt: skip


def keep_model(
    draft: ModelDraft, *, actor: Actor, now: datetime, resolve: Resolve | None = None
) -> OwnModel:
    """Say where the model is and what it may cost. Names are asked for before the transaction. Raises
    `Refused` with the field that is wrong."""
    ensure_may_everywhere(actor, EDIT)
    said = drafted(draft, resolve=resolve)
    if not is_label(said.label):
        raise Refused(
            _("标识文字要写明是“人工智能”（或“AI”）“生成”（或“合成”）的内容。"), field="label"
        )
    with transaction.atomic():
        row = OwnModel.objects.select_for_update().filter(pk=1).first() or OwnModel(pk=1)
        before = _told(row) if row.version else None
        values = asdict(draft) | {
            "address": said.address,
            "model": said.model,
            "secret": said.key or None,
        }
        values |= {"label": said.label, "filing_number": said.filing_number}
        values.pop("drops_secret")
        for name, value in values.items():
            setattr(row, name, value)
        try:
            row.clean_fields(exclude=["id", "secret", "changed_at", "rest_until"])
        except ValidationError as error:
            field, words = next(iter(error.message_dict.items()))
            raise Refused(words[0], field=field) from error
        row.version += 1
        row.changed_at = now
        row.failures, row.rest_until = 0, None
        row.save()
        audit.record(actor, "own_model.kept", row, before=before, after=_told(row), now=now)
    return row


def _told(row: OwnModel) -> dict[str, Any]:
    names = (
        "is_on", "address", "model", "for_entries", "requests_a_day", "tokens_a_day",
        "requests_a_minute", "seconds", "label", "filing_number", "kept_days", "version",
    )  # fmt: skip
    return {name: getattr(row, name) for name in names} | {"has_key": bool(row.secret)}


def reserve(*, tokens: int, now: datetime) -> bool:
    """Take one request and so many tokens out of today's budget; False when the day, the minute or the breaker
    does not allow it, which is counted. Of those that ask after a rest, one is let through."""
    day = timezone.localdate(now)
    row = own_model()
    ModelDay.objects.get_or_create(day=day)
    today = ModelDay.objects.filter(pk=day)
    if not (
        row.is_on and _is_awake(row, now) and calls_of_last_minute(now) < row.requests_a_minute
    ):
        today.update(passed_over=F("passed_over") + 1)
        return False
    within = today.filter(
        requests__lt=row.requests_a_day, tokens__lte=max(row.tokens_a_day - tokens, -1)
    )
    if within.update(requests=F("requests") + 1, tokens=F("tokens") + tokens):
        return True
    today.update(passed_over=F("passed_over") + 1)
    return False


def _is_awake(row: OwnModel, now: datetime) -> bool:
    if row.rest_until is None:
        return True
    if now < row.rest_until:
        return False
    mine = OwnModel.objects.filter(pk=1, rest_until=row.rest_until)
    return bool(mine.update(rest_until=now + timedelta(seconds=row.seconds + 5)))


@transaction.atomic
def note_call(call: ModelCall, *, reserved: int, now: datetime) -> None:
    """Keep what was asked and what came back; settle the day's tokens; move the breaker.

    `reserved`: the tokens that were taken for it, 0 for a try. A server that answers something, even nonsense
    in the right envelope, is there: only one that does not counts against it. Not audited: the row is the
    record.
    """
    call.at = now
    call.save()
    if not reserved:
        return
    day = ModelDay.objects.select_for_update().filter(pk=timezone.localdate(now)).first()
    if day is not None:
        day.tokens = max(day.tokens - reserved + call.tokens, 0)
        day.save(update_fields=["tokens"])
    rows = OwnModel.objects.filter(pk=1)
    if call.verdict != ModelCall.Verdict.FAILED:
        rows.exclude(failures=0, rest_until=None).update(failures=0, rest_until=None)
        return
    rows.update(failures=F("failures") + 1)
    failures = rows.values_list("failures", flat=True).first() or 0
    pause = pause_after(failures)
    if pause is not None:
        rows.update(rest_until=now + pause)


@transaction.atomic
def note_try(call: ModelCall, *, actor: Actor, now: datetime) -> None:
    """Keep a try of an administrator, in nobody's budget; audited."""
    ensure_may_everywhere(actor, EDIT)
    note_call(call, reserved=0, now=now)
    audit.record(
        actor, "own_model.tried", call, now=now,
        after={"model": call.model, "verdict": call.verdict, "fault": call.fault},
    )  # fmt: skip


def forget_calls(*, now: datetime) -> int:
    """Delete what is older than the row says, and days of use older than a year; how many requests."""
    until = now - timedelta(days=own_model().kept_days)
    gone = 0
    while ids := list(
        ModelCall.objects.filter(at__lt=until).values_list("pk", flat=True)[:_AT_ONCE]
    ):
        gone += ModelCall.objects.filter(pk__in=ids).delete()[0]
    ModelDay.objects.filter(day__lt=timezone.localdate(now) - timedelta(days=366)).delete()
    return gone
