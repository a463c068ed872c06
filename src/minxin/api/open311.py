"""Open311 GeoReport v2: a thin layer for software that speaks it. Read is only what may be public; a
request posted here is filed as any other. JSON and XML are written, form fields are read: no XML is parsed.

Public by this door are: the service, open or closed, the agency, the times. Never a word that a citizen wrote,
never an address or picture, and nothing of confidential tickets or of the nature 举报.
"""

import json
import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from xml.sax.saxutils import escape

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from ninja import Router

from minxin.agencies.rules import Permission
from minxin.api.keys import key_of
from minxin.api.tickets import moment
from minxin.api.troubles import Trouble
from minxin.api.writes import HEADER, Done, once
from minxin.core.errors import NotFound, Refused
from minxin.tickets import actions
from minxin.tickets.exchanging import Taken
from minxin.tickets.queries import categories
from minxin.tickets.queries import exchange as queries
from minxin.tickets.rules import OPEN, gbt39046, guess_nature

router = Router(tags=["Open311 GeoReport v2"])
SPAN, MOST = timedelta(days=90), 1000
Item = Mapping[str, Any]


@router.get("/open311/v2/services.{form}", summary="服务清单")
def services(request: HttpRequest, form: str, jurisdiction_id: str = "") -> HttpResponse:
    """What a request may be about."""
    _key(request, Permission.READ_TICKETS, form, jurisdiction_id)
    found = [_service(each) for each in categories()]
    return _said(form, found, "services", "service")


@router.get("/open311/v2/services/{code}.{form}", summary="一项服务")
def service(request: HttpRequest, code: str, form: str, jurisdiction_id: str = "") -> HttpResponse:
    """What is asked for one: the kind of request, and nothing else."""
    _key(request, Permission.READ_TICKETS, form, jurisdiction_id)
    if not categories().filter(code=code).exists():
        return _wrong(form, 404, "service_code 不存在。")
    attribute = {
        "variable": True,
        "code": "nature",
        "datatype": "singlevaluelist",
        "required": False,
        "order": 1,
        "description": "诉求性质",
        "values": [{"key": each, "name": name} for each, name in gbt39046.NATURES.items()],
    }
    definition = {"service_code": code, "attributes": [attribute]}
    if form == "json":
        return JsonResponse(definition, json_dumps_params={"ensure_ascii": False})
    return _xml(
        _element("service_definition", definition, {"attributes": "attribute", "values": "value"})
    )


@router.get("/open311/v2/requests.{form}", summary="请求清单")
def requests(
    request: HttpRequest,
    form: str,
    jurisdiction_id: str = "",
    service_request_id: str = "",
    service_code: str = "",
    status: str = "",
    start_date: str = "",
    end_date: str = "",
) -> HttpResponse:
    """Requests by their numbers, or those of at most 90 days; 1000 at most."""
    key = _key(request, Permission.READ_TICKETS, form, jurisdiction_id)
    found = _public(key)
    if service_request_id:
        numbers = service_request_id.split(",")[:100]
        return _said(form, _items(found.filter(number__in=numbers)), "service_requests", "request")
    begin, end = _moment(start_date), _moment(end_date)
    if (start_date and begin is None) or (end_date and end is None):
        return _wrong(form, 400, "start_date、end_date 要写成带时区的时间。")
    end = end or timezone.now()
    begin = max(begin, end - SPAN) if begin else end - SPAN
    found = found.filter(filed_at__range=(begin, end))
    if service_code:
        found = found.filter(category__code__in=service_code.split(",")[:50])
    wanted = {each.strip() for each in status.split(",") if each.strip()}
    if not wanted <= {"open", "closed"}:
        return _wrong(form, 400, "status 只能是 open 或 closed。")
    if len(wanted) == 1:
        is_open = "open" in wanted
        found = found.filter(status__in=OPEN) if is_open else found.exclude(status__in=OPEN)
    return _said(form, _items(found.order_by("-id")), "service_requests", "request")


@router.get("/open311/v2/requests/{number}.{form}", summary="一件请求")
def request_one(
    request: HttpRequest, number: str, form: str, jurisdiction_id: str = ""
) -> HttpResponse:
    """One request by its number."""
    key = _key(request, Permission.READ_TICKETS, form, jurisdiction_id)
    found = _items(_public(key).filter(number=number))
    if not found:
        return _wrong(form, 404, "service_request_id 不存在。")
    return _said(form, found, "service_requests", "request")


@router.post("/open311/v2/requests.{form}", summary="提交请求")
def post_request(request: HttpRequest, form: str) -> HttpResponse:
    """File a request. Without an Idempotency-Key, the same form on the same day is one request."""
    if (
        not request.body
    ):  # read whole before its fields: what was sent is remembered with the answer
        return _wrong(form, 400, "没有内容。")
    given = {name: str(text).replace("\0", "").strip() for name, text in request.POST.items()}
    key = _key(request, Permission.FILE_TICKETS, form, given.get("jurisdiction_id", ""))
    category = categories().filter(code=given.get("service_code", "")).first()
    if category is None:
        return _wrong(form, 400, "service_code 没有写，或者不存在。")
    text = given.get("description", "")
    place = given.get("address_string", "")
    if not place and given.get("lat") and given.get("long"):
        place = f"{given['lat'][:20]},{given['long'][:20]}"
    nature = given.get("attribute[nature]", "")
    if nature and nature not in gbt39046.NATURES:
        return _wrong(form, 400, "attribute[nature] 不是诉求性质。")
    name = " ".join(
        part for part in (given.get("first_name", ""), given.get("last_name", "")) if part
    )
    row = queries.digest(sorted(given.items()), on=timezone.localdate())

    def act(now: datetime) -> Done:
        taken = Taken(
            their_number=request.headers.get(HEADER, "") or row,
            text=text,
            nature=nature or guess_nature(text),
            place=place,
            category=category.name,
            name=name[:60],
            phone=given.get("phone", "")[:40],
        )
        made, _is_new = actions.take_in(taken, agency=key.agency, actor=key, now=now)
        return 201, {"service_request_id": made.number, "service_notice": made.promised_words}

    try:
        done = once(request, key, act, name=request.headers.get(HEADER, "") or f"o311-{row}")
    except Refused as refusal:
        status = 404 if isinstance(refusal, NotFound) else 400
        return _wrong(form, status, refusal.message)
    said = [json.loads(done.content)]
    answer = _said(form, said, "service_requests", "request")
    answer.status_code = done.status_code
    return answer


# What is said ------------------------------------------------------------------------------------


def _key(request: HttpRequest, right: Permission, form: str, jurisdiction: str) -> Any:
    if form not in {"json", "xml"}:
        raise Trouble("not_found")
    key = key_of(request, right)
    if jurisdiction and jurisdiction not in {key.agency.code, key.agency.region_code}:
        raise Trouble("not_found", "jurisdiction_id 不存在。", field="jurisdiction_id")
    return key


def _public(key: Any) -> Any:
    found = queries.passed_on(key).filter(category__isnull=False)
    return found.exclude(nature="report").exclude(status="withdrawn")


def _service(category: Any) -> Item:
    return {
        "service_code": category.code,
        "service_name": category.name,
        "description": category.name,
        "metadata": True,
        "type": "realtime",
        "keywords": category.keywords,
        "group": "",
    }


def _items(found: Any) -> list[Item]:
    return [
        {
            "service_request_id": each.number,
            "status": "open" if each.status in OPEN else "closed",
            "status_notes": str(each.get_status_display()),
            "service_name": each.category.name,
            "service_code": each.category.code,
            "description": None,
            "agency_responsible": each.agency.name,
            "service_notice": each.promised_words,
            "requested_datetime": moment(each.filed_at),
            "updated_datetime": moment(each.closed_at or each.answered_at or each.filed_at),
            "expected_datetime": moment(each.due_at) if each.handed_over_at is None else None,
            "address": None,
        }
        for each in found[:MOST]
    ]


def _moment(text: str) -> datetime | None:
    try:
        found = parse_datetime(text) if text else None
    except ValueError:
        return None
    return found if found is not None and found.tzinfo is not None else None


def _wrong(form: str, status: int, words: str) -> HttpResponse:
    answer = _said(form, [{"code": status, "description": words}], "errors", "error")
    answer.status_code = status
    return answer


def _said(form: str, items: Sequence[Item], root: str, name: str) -> HttpResponse:
    if form == "json":
        return JsonResponse(list(items), safe=False, json_dumps_params={"ensure_ascii": False})
    inside = "".join(_element(name, each, {}) for each in items)
    return _xml(f"<{root}>{inside}</{root}>")


def _xml(body: str) -> HttpResponse:
    text = f'<?xml version="1.0" encoding="utf-8"?>\n{body}'
    return HttpResponse(text, content_type="text/xml; charset=utf-8")


_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def _element(name: str, value: Any, names: Mapping[str, str]) -> str:
    match value:
        case None:
            return f"<{name}/>"
        case bool():
            return f"<{name}>{str(value).lower()}</{name}>"
        case Mapping():
            inside = "".join(_element(each, item, names) for each, item in value.items())
            return f"<{name}>{inside}</{name}>"
        case list():
            inside = "".join(_element(names[name], item, names) for item in value)
            return f"<{name}>{inside}</{name}>"
    return f"<{name}>{escape(_NOT_XML.sub('', str(value)))}</{name}>"
