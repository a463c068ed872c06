"""What the city's platform tells of a ticket that was handed over to it: signed, taken once."""

import time
from typing import Any

import msgspec
from django.http import HttpRequest
from django.utils import timezone, translation
from ninja import Router

from minxin.api.troubles import Trouble
from minxin.tickets.actions.mirroring import mirror
from minxin.tickets.actions.platforms import take_nonce
from minxin.tickets.platforms import read_update
from minxin.tickets.platforms.signing import is_signed
from minxin.tickets.platforms.way import BadUpdate
from minxin.tickets.queries.handing import is_known, platform_by_code

router = Router(tags=["承接平台回调"])


@router.post("/handover/{code}", auth=None, summary="承接平台通知进展")
def told(request: HttpRequest, code: str) -> dict[str, Any]:
    """One ticket as the platform has it now. `taken` is false for what was known already."""
    translation.activate("zh-hans")
    platform = platform_by_code(code)
    given = {name.lower(): text for name, text in request.headers.items()}
    secret = (platform.secret or "") if platform else ""
    algorithm = platform.algorithm if platform else "hmac-sha256"
    is_good = is_signed(
        secret or "nobody has this secret", algorithm, "POST", request.get_full_path(), request.body,
        given, seconds=int(time.time()),
    )  # fmt: skip
    if platform is None or not secret or not is_good:
        raise Trouble("unauthorized", "签名不对，或者两边的时间相差超过 5 分钟。")
    now = timezone.now()
    if not take_nonce(platform, given["x-minxin-nonce"], now=now):
        raise Trouble("already_done", "这个随机数已经用过。")
    try:
        update = read_update(msgspec.json.decode(request.body))
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        raise Trouble("bad_request") from None
    except BadUpdate as fault:
        raise Trouble("refused", f"字段不对：{fault}", field=str(fault)) from None
    if not is_known(platform, update.our_number):
        raise Trouble("not_found")
    return {"taken": mirror(platform, update, now=now)}
