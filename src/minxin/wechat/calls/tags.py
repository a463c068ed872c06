"""Tags of followers: a hundred an account, twenty a follower, fifty followers a call."""

from collections.abc import Sequence

from minxin.wechat._call import Call, Nothing, Struct
from minxin.wechat.calls.users import Openids


class Tag(Struct, frozen=True):
    id: int
    name: str
    count: int = 0


class Made(Struct, frozen=True):
    tag: Tag


class Tags(Struct, frozen=True):
    tags: tuple[Tag, ...]


class Followers(Struct, frozen=True):
    count: int = 0
    data: Openids = Openids()
    next_openid: str = ""


class TagsOfFollower(Struct, frozen=True):
    tagid_list: tuple[int, ...]


def create(name: str) -> Call[Made]:
    """A tag of at most thirty bytes. Not repeatable: the second time it is there (45157)."""
    asked = {"tag": {"name": name}}
    return Call("POST", "/cgi-bin/tags/create", Made, payload=asked, is_repeatable=False)


def listing() -> Call[Tags]:
    """All tags with their counts."""
    return Call("GET", "/cgi-bin/tags/get", Tags)


def rename(tag: int, name: str) -> Call[Nothing]:
    asked = {"tag": {"id": tag, "name": name}}
    return Call("POST", "/cgi-bin/tags/update", Nothing, payload=asked)


def delete(tag: int) -> Call[Nothing]:
    """45057 above 100,000 followers, who must lose it first."""
    return Call("POST", "/cgi-bin/tags/delete", Nothing, payload={"tag": {"id": tag}})


def followers(tag: int, next_openid: str = "") -> Call[Followers]:
    """Who has it, 10,000 a page."""
    asked = {"tagid": tag, "next_openid": next_openid}
    return Call("POST", "/cgi-bin/user/tag/get", Followers, payload=asked)


def give(tag: int, openids: Sequence[str]) -> Call[Nothing]:
    """All of at most fifty, or none."""
    asked = {"openid_list": list(openids), "tagid": tag}
    return Call("POST", "/cgi-bin/tags/members/batchtagging", Nothing, payload=asked)


def take(tag: int, openids: Sequence[str]) -> Call[Nothing]:
    asked = {"openid_list": list(openids), "tagid": tag}
    return Call("POST", "/cgi-bin/tags/members/batchuntagging", Nothing, payload=asked)


def of_follower(openid: str) -> Call[TagsOfFollower]:
    """The one she got last stands last; it decides which conditional menu she sees."""
    return Call("POST", "/cgi-bin/tags/getidlist", TagsOfFollower, payload={"openid": openid})
