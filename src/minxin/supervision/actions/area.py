"""Entering the shape of the area."""

from __future__ import annotations

import json
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from minxin.agencies import audit
from minxin.agencies.queries import ensure_may_everywhere
from minxin.agencies.rules import Permission
from minxin.core.actors import Actor
from minxin.core.errors import Refused
from minxin.supervision.models import AreaMap
from minxin.supervision.rules.area import BadArea, clean_area

LARGEST = 2 * 1024 * 1024


@transaction.atomic
def keep_area(name: str, content: bytes, *, actor: Actor, now: datetime) -> AreaMap:
    """Keep a GeoJSON file as the shape of the area, in the place of the one before.

    Raises `Refused` in words for what is none, is too large, or lacks codes, names or closed borders.
    """
    ensure_may_everywhere(actor, Permission.EDIT_ACCOUNTS)
    if len(content) > LARGEST:
        raise Refused(_("文件超过 2 MB，请先简化边界。"), field="file")
    try:
        shape = clean_area(json.loads(content.decode("utf-8-sig")))
    except BadArea as error:
        raise Refused(_(error.words) % error.values, field="file") from error
    except (ValueError, RecursionError) as error:
        raise Refused(_("文件不是UTF-8的GeoJSON。"), field="file") from error
    kept = AreaMap.objects.create(name=name[:120], shape=shape, kept_at=now)
    AreaMap.objects.exclude(pk=kept.pk).delete()
    after = {"name": kept.name, "count": len(shape["features"])}
    audit.record(actor, "area_map.kept", kept, after=after, now=now)
    return kept
