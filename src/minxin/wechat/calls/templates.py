"""Template messages (模板消息) of verified service accounts, with category templates since 2023."""

from collections.abc import Mapping, Sequence
from typing import Any

from minxin.wechat._call import Call, Nothing, Struct


class Sent(Struct, frozen=True):
    msgid: int


class Added(Struct, frozen=True):
    template_id: str


class Template(Struct, frozen=True):
    template_id: str
    title: str
    content: str
    example: str = ""
    primary_industry: str = ""
    deputy_industry: str = ""


class Templates(Struct, frozen=True):
    template_list: tuple[Template, ...]


class Industry(Struct, frozen=True):
    first_class: str
    second_class: str


class Industries(Struct, frozen=True):
    primary_industry: Industry
    secondary_industry: Industry


class Blocked(Struct, frozen=True):
    msginfo: tuple[dict[str, Any], ...] = ()


def send(
    openid: str, template_id: str, data: Mapping[str, str], *, url: str = "",
    mini_program: tuple[str, str] | None = None, client_msg_id: str = "",
) -> Call[Sent]:  # fmt: skip
    """One message; `mini_program` is (appid, pagepath).

    Repeatable with a `client_msg_id`, by which WeChat sends it once in ten minutes.
    """
    asked: dict[str, Any] = {
        "touser": openid,
        "template_id": template_id,
        "data": {key: {"value": value} for key, value in data.items()},
    }
    if url:
        asked["url"] = url
    if mini_program is not None:
        asked["miniprogram"] = {"appid": mini_program[0], "pagepath": mini_program[1]}
    if client_msg_id:
        asked["client_msg_id"] = client_msg_id
    path = "/cgi-bin/message/template/send"
    return Call("POST", path, Sent, payload=asked, is_repeatable=bool(client_msg_id))


def add(template_id_short: str, keyword_name_list: Sequence[str] = ()) -> Call[Added]:
    """From the library, with the keywords one wants; at most 25 an account."""
    asked: dict[str, Any] = {"template_id_short": template_id_short}
    if keyword_name_list:
        asked["keyword_name_list"] = list(keyword_name_list)
    path = "/cgi-bin/template/api_add_template"
    return Call("POST", path, Added, payload=asked, is_repeatable=False)


def listing() -> Call[Templates]:
    return Call("GET", "/cgi-bin/template/get_all_private_template", Templates)


def delete(template_id: str) -> Call[Nothing]:
    asked = {"template_id": template_id}
    return Call("POST", "/cgi-bin/template/del_private_template", Nothing, payload=asked)


def industries() -> Call[Industries]:
    return Call("GET", "/cgi-bin/template/get_industry", Industries)


def set_industries(first: int, second: int) -> Call[Nothing]:
    """Once a month."""
    asked = {"industry_id1": str(first), "industry_id2": str(second)}
    path = "/cgi-bin/template/api_set_industry"
    return Call("POST", path, Nothing, payload=asked, is_repeatable=False)


def blocked(tmpl_msg_id: str, *, largest_id: int = 0, limit: int = 100) -> Call[Blocked]:
    """Messages of a template that were intercepted."""
    asked = {"tmpl_msg_id": tmpl_msg_id, "largest_id": largest_id, "limit": limit}
    return Call("POST", "/wxa/sec/queryblocktmplmsg", Blocked, payload=asked)
