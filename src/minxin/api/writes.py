"""A write is done once: a repeat under the same idempotency key hears the same answer."""

import hashlib
import json
import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from minxin.agencies.actions import begin_write, end_write
from minxin.api.troubles import Trouble

HEADER = "Idempotency-Key"
_GOOD = re.compile(r"[0-9A-Za-z_.:-]{8,80}")
Done = tuple[int, dict[str, Any]]


def once(
    request: HttpRequest, key: Any, act: Callable[[datetime], Done], *, name: str = ""
) -> HttpResponse:
    """Do what was asked, in one transaction with the memory that it was done. `name` stands in the place of
    the header where the request itself carries what is unique about it."""
    name = name or request.headers.get(HEADER, "")
    if not _GOOD.fullmatch(name):
        raise Trouble("idempotency_key_missing")
    asked = hashlib.sha256(f"{request.method} {request.path}\n".encode() + request.body).hexdigest()
    now = timezone.now()
    with transaction.atomic():
        row, is_new = begin_write(key, name, asked, now=now)
        if is_new:
            status, content = act(now)
            text = json.dumps(content, ensure_ascii=False)
            end_write(row, status=status, answer=text)
        else:
            if row.digest != asked:
                raise Trouble("idempotency_key_reused")
            status, text = row.status, row.answer or "{}"
    answer = HttpResponse(text, status=status, content_type="application/json; charset=utf-8")
    if not is_new:
        answer["Idempotency-Replayed"] = "true"
    return answer
