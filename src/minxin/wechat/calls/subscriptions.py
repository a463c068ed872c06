"""Subscription notices (订阅通知): one per consent, or for public services as long as she wishes."""

from collections.abc import Mapping, Sequence
from typing import Any

from minxin.wechat._call import Call, Nothing, Struct


class Category(Struct, frozen=True):
    id: int
    name: str


class Categories(Struct, frozen=True):
    data: tuple[Category, ...]


class Title(Struct, frozen=True):
    """`type`: 2 once, 3 long-term."""

    tid: int
    title: str
    type: int
    categoryId: str


class Titles(Struct, frozen=True):
    count: int
    data: tuple[Title, ...]


class Keyword(Struct, frozen=True):
    kid: int
    name: str
    example: str = ""
    rule: str = ""


class Keywords(Struct, frozen=True):
    count: int = 0
    data: tuple[Keyword, ...] = ()


class Template(Struct, frozen=True):
    """`type`: 2 once, 3 long-term."""

    priTmplId: str
    title: str
    content: str
    example: str = ""
    type: int = 2


class Templates(Struct, frozen=True):
    data: tuple[Template, ...]


class Added(Struct, frozen=True):
    priTmplId: str


def send(
    openid: str, template_id: str, data: Mapping[str, str], *, page: str = "",
    mini_program: tuple[str, str] | None = None,
) -> Call[Nothing]:  # fmt: skip
    """One notice; 43101 without her consent. Not repeatable: a consent may be worth one."""
    asked: dict[str, Any] = {
        "touser": openid,
        "template_id": template_id,
        "data": {key: {"value": value} for key, value in data.items()},
    }
    if page:
        asked["page"] = page
    if mini_program is not None:
        asked["miniprogram"] = {"appid": mini_program[0], "pagepath": mini_program[1]}
    path = "/cgi-bin/message/subscribe/bizsend"
    return Call("POST", path, Nothing, payload=asked, is_repeatable=False)


def categories() -> Call[Categories]:
    return Call("GET", "/wxaapi/newtmpl/getcategory", Categories)


def titles(ids: Sequence[int], *, start: int = 0, limit: int = 30) -> Call[Titles]:
    params = {"ids": ",".join(map(str, ids)), "start": start, "limit": limit}
    return Call("GET", "/wxaapi/newtmpl/getpubtemplatetitles", Titles, params)


def keywords(tid: int) -> Call[Keywords]:
    return Call("GET", "/wxaapi/newtmpl/getpubtemplatekeywords", Keywords, {"tid": tid})


def listing() -> Call[Templates]:
    return Call("GET", "/wxaapi/newtmpl/gettemplate", Templates)


def add(tid: int, kids: Sequence[int], *, scene: str = "") -> Call[Added]:
    """Two to five keywords of a title; `scene` in at most fifteen characters."""
    asked = {"tid": str(tid), "kidList": list(kids), "sceneDesc": scene}
    path = "/wxaapi/newtmpl/addtemplate"
    return Call("POST", path, Added, payload=asked, is_repeatable=False)


def delete(template_id: str) -> Call[Nothing]:
    asked = {"priTmplId": template_id}
    return Call("POST", "/wxaapi/newtmpl/deltemplate", Nothing, payload=asked)
