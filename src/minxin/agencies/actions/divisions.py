"""Divisions that the national table does not have: streets, towns, new areas, a city that is not on it."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from minxin.agencies import audit
from minxin.agencies.models import Agency, LocalDivision
from minxin.agencies.queries import ensure_may_everywhere
from minxin.agencies.rules import Permission
from minxin.core.actors import Actor
from minxin.core.divisions import CODE, national
from minxin.core.errors import Refused


@transaction.atomic
def keep_division(
    kept: LocalDivision | None, *, code: str, name: str, actor: Actor, now: datetime
) -> LocalDivision:
    """Add a division or rename one of ours; nothing is written when nothing changed. They hold for the
    whole installation. Raises `Refused` for a code that is none, is national, or is another's."""
    ensure_may_everywhere(actor, Permission.EDIT_AGENCIES)
    code, name = code.strip(), "".join(name.split())
    if not CODE.fullmatch(code) or (len(code) > 6 and code.endswith("000")):
        raise Refused(_("区划代码是 6 位数字，街道和乡镇 9 位，村和社区 12 位。"), field="code")
    if code in national():
        words = _("国家标准中已有这个代码：%(name)s。")
        raise Refused(words % {"name": national()[code]}, field="code")
    if not name or len(name) > 60:
        raise Refused(_("请填写名称，最多60个字。"), field="name")
    if LocalDivision.objects.filter(code=code).exclude(pk=kept.pk if kept else 0).exists():
        raise Refused(_("这个区划代码已经登记。"), field="code")
    before = {"code": kept.code, "name": kept.name} if kept else None
    after = {"code": code, "name": name}
    if kept is not None and before == after:
        return kept
    if kept is not None and kept.code != code:
        raise Refused(_("区划代码不能改，请新增一个区划，再删除这个。"), field="code")
    division = kept or LocalDivision(code=code)
    division.name = name
    division.save()
    audit.record(actor, "division.kept", division, now=now, before=before, after=after)
    return division


@transaction.atomic
def remove_division(division: LocalDivision, *, actor: Actor, now: datetime) -> None:
    """Remove one of ours that no agency has any more."""
    ensure_may_everywhere(actor, Permission.EDIT_AGENCIES)
    if Agency.objects.filter(region_code=division.code).exists():
        raise Refused(_("还有机构使用这个区划，不能删除。"))
    audit.record(
        actor, "division.removed", division, now=now,
        before={"code": division.code, "name": division.name},
    )  # fmt: skip
    division.delete()
