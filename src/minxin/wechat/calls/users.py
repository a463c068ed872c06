"""Followers: who they are to the account. No nickname and no avatar since 2021-12-27."""

from collections.abc import Sequence

from minxin.wechat._call import Call, Nothing, Struct


class User(Struct, frozen=True):
    """`subscribe` 0: does not follow, and nothing else is told."""

    subscribe: int
    openid: str
    language: str = ""
    subscribe_time: int = 0
    unionid: str = ""
    remark: str = ""
    groupid: int = 0
    tagid_list: tuple[int, ...] = ()
    subscribe_scene: str = ""
    qr_scene: int = 0
    qr_scene_str: str = ""


class Users(Struct, frozen=True):
    user_info_list: tuple[User, ...]


class Openids(Struct, frozen=True):
    openid: tuple[str, ...] = ()


class Page(Struct, frozen=True):
    """At most 10,000 openids; `next_openid` is empty at the end."""

    total: int = 0
    count: int = 0
    data: Openids = Openids()
    next_openid: str = ""


class Changed(Struct, frozen=True):
    ori_openid: str
    new_openid: str = ""
    err_msg: str = ""


class ChangedOpenids(Struct, frozen=True):
    result_list: tuple[Changed, ...]


def info(openid: str) -> Call[User]:
    """One follower."""
    return Call("GET", "/cgi-bin/user/info", User, {"openid": openid, "lang": "zh_CN"})


def info_of_many(openids: Sequence[str]) -> Call[Users]:
    """At most a hundred followers."""
    asked = [{"openid": openid, "lang": "zh_CN"} for openid in openids]
    return Call("POST", "/cgi-bin/user/info/batchget", Users, payload={"user_list": asked})


def page(next_openid: str = "") -> Call[Page]:
    """The followers after `next_openid`, in the order of following."""
    return Call("GET", "/cgi-bin/user/get", Page, {"next_openid": next_openid or None})


def set_remark(openid: str, remark: str) -> Call[Nothing]:
    """A remark of fewer than thirty characters."""
    asked = {"openid": openid, "remark": remark}
    return Call("POST", "/cgi-bin/user/info/updateremark", Nothing, payload=asked)


def blacklist(begin_openid: str = "") -> Call[Page]:
    """Whom the account does not want to hear, 10,000 a page."""
    asked = {"begin_openid": begin_openid}
    return Call("POST", "/cgi-bin/tags/members/getblacklist", Page, payload=asked)


def add_to_blacklist(openids: Sequence[str]) -> Call[Nothing]:
    """At most twenty."""
    asked = {"openid_list": list(openids)}
    return Call("POST", "/cgi-bin/tags/members/batchblacklist", Nothing, payload=asked)


def take_off_blacklist(openids: Sequence[str]) -> Call[Nothing]:
    """At most twenty."""
    asked = {"openid_list": list(openids)}
    return Call("POST", "/cgi-bin/tags/members/batchunblacklist", Nothing, payload=asked)


def changed_openids(from_appid: str, openids: Sequence[str]) -> Call[ChangedOpenids]:
    """The openids of followers who were moved here from another account, at most a hundred."""
    asked = {"from_appid": from_appid, "openid_list": list(openids)}
    return Call("POST", "/cgi-bin/changeopenid", ChangedOpenids, payload=asked)
