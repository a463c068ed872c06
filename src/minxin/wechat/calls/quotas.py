"""What is left of a day, a month's clearings, a request by its rid, WeChat's own addresses."""

from typing import Any, Literal

from minxin.wechat._call import Call, Nothing, Struct


class Left(Struct, frozen=True):
    daily_limit: int
    used: int
    remain: int


class Rate(Struct, frozen=True):
    call_count: int = 0
    refresh_second: int = 0


class Quota(Struct, frozen=True):
    quota: Left
    rate_limit: Rate = Rate()
    component_rate_limit: Rate = Rate()


class Request(Struct, frozen=True):
    invoke_time: int
    cost_in_ms: int = 0
    request_url: str = ""
    request_body: str = ""
    response_body: str = ""
    client_ip: str = ""


class ByRid(Struct, frozen=True):
    request: Request


class Addresses(Struct, frozen=True):
    ip_list: tuple[str, ...]


class Checked(Struct, frozen=True):
    dns: tuple[dict[str, Any], ...] = ()
    ping: tuple[dict[str, Any], ...] = ()


def of_path(cgi_path: str) -> Call[Quota]:
    """Such as /cgi-bin/message/custom/send; 76021 for a path there is not."""
    asked = {"cgi_path": cgi_path}
    return Call("POST", "/cgi-bin/openapi/quota/get", Quota, payload=asked)


def clear_path(cgi_path: str) -> Call[Nothing]:
    """Fifty times a month."""
    asked = {"cgi_path": cgi_path}
    path = "/cgi-bin/openapi/quota/clear"
    return Call("POST", path, Nothing, payload=asked, is_repeatable=False)


def clear_all(app_id: str) -> Call[Nothing]:
    """Ten times a month, with `clear_all_with_secret` together (48006)."""
    path = "/cgi-bin/clear_quota"
    return Call("POST", path, Nothing, payload={"appid": app_id}, is_repeatable=False)


def clear_all_with_secret(app_id: str, secret: str) -> Call[Nothing]:
    """Without a token: when the quota of tokens is what has run out."""
    asked = {"appid": app_id, "appsecret": secret}
    path = "/cgi-bin/clear_quota/v2"
    return Call("POST", path, Nothing, payload=asked, is_repeatable=False, by="nobody")


def by_rid(rid: str) -> Call[ByRid]:
    """What became of a call of the last seven days."""
    return Call("POST", "/cgi-bin/openapi/rid/get", ByRid, payload={"rid": rid})


def callback_addresses() -> Call[Addresses]:
    """From where WeChat pushes."""
    return Call("GET", "/cgi-bin/getcallbackip", Addresses)


def api_addresses() -> Call[Addresses]:
    return Call("GET", "/cgi-bin/get_api_domain_ip", Addresses)


def check_callback(
    action: Literal["dns", "ping", "all"] = "all", check_operator: str = "DEFAULT"
) -> Call[Checked]:
    """Whether WeChat can resolve and reach the callback's host."""
    asked = {"action": action, "check_operator": check_operator}
    return Call("POST", "/cgi-bin/callback/check", Checked, payload=asked)
