"""WeChat's own customer service (客服): agents, sessions, records."""

from minxin.wechat._call import Call, File, Nothing, Struct


class Agent(Struct, frozen=True):
    kf_account: str
    kf_id: str
    kf_nick: str
    kf_headimgurl: str = ""
    kf_wx: str = ""
    invite_wx: str = ""
    invite_expire_time: int = 0
    invite_status: str = ""


class Agents(Struct, frozen=True):
    kf_list: tuple[Agent, ...]


class Online(Struct, frozen=True):
    kf_account: str
    status: int
    kf_id: str
    accepted_case: int


class OnlineAgents(Struct, frozen=True):
    kf_online_list: tuple[Online, ...]


class Session(Struct, frozen=True):
    kf_account: str
    createtime: int


class OfAgent(Struct, frozen=True):
    openid: str
    createtime: int


class Sessions(Struct, frozen=True):
    sessionlist: tuple[OfAgent, ...]


class Waiting(Struct, frozen=True):
    openid: str
    latest_time: int


class WaitingCases(Struct, frozen=True):
    count: int
    waitcaselist: tuple[Waiting, ...] = ()


class Record(Struct, frozen=True):
    """`opercode`: 1000 opened, 1004 closed, 2002 the agent wrote, 2003 the citizen wrote."""

    openid: str
    opercode: int
    text: str
    time: int
    worker: str


class Records(Struct, frozen=True):
    recordlist: tuple[Record, ...]
    number: int
    msgid: int


def add(kf_account: str, nickname: str) -> Call[Nothing]:
    """`name@account`; the nickname in at most sixteen characters."""
    asked = {"kf_account": kf_account, "nickname": nickname}
    path = "/customservice/kfaccount/add"
    return Call("POST", path, Nothing, payload=asked, is_repeatable=False)


def rename(kf_account: str, nickname: str) -> Call[Nothing]:
    asked = {"kf_account": kf_account, "nickname": nickname}
    return Call("POST", "/customservice/kfaccount/update", Nothing, payload=asked)


def delete(kf_account: str) -> Call[Nothing]:
    return Call("GET", "/customservice/kfaccount/del", Nothing, {"kf_account": kf_account})


def set_picture(kf_account: str, file: File) -> Call[Nothing]:
    path = "/customservice/kfaccount/uploadheadimg"
    return Call("POST", path, Nothing, {"kf_account": kf_account}, file=file)


def invite(kf_account: str, wechat: str) -> Call[Nothing]:
    asked = {"kf_account": kf_account, "invite_wx": wechat}
    path = "/customservice/kfaccount/inviteworker"
    return Call("POST", path, Nothing, payload=asked, is_repeatable=False)


def listing() -> Call[Agents]:
    return Call("GET", "/cgi-bin/customservice/getkflist", Agents)


def online() -> Call[OnlineAgents]:
    return Call("GET", "/cgi-bin/customservice/getonlinekflist", OnlineAgents)


def open_session(kf_account: str, openid: str) -> Call[Nothing]:
    asked = {"kf_account": kf_account, "openid": openid}
    return Call("POST", "/customservice/kfsession/create", Nothing, payload=asked)


def close_session(kf_account: str, openid: str) -> Call[Nothing]:
    asked = {"kf_account": kf_account, "openid": openid}
    return Call("POST", "/customservice/kfsession/close", Nothing, payload=asked)


def session_of(openid: str) -> Call[Session]:
    return Call("GET", "/customservice/kfsession/getsession", Session, {"openid": openid})


def sessions_of(kf_account: str) -> Call[Sessions]:
    path = "/customservice/kfsession/getsessionlist"
    return Call("GET", path, Sessions, {"kf_account": kf_account})


def waiting() -> Call[WaitingCases]:
    return Call("GET", "/customservice/kfsession/getwaitcase", WaitingCases)


def records(starttime: int, endtime: int, *, msgid: int = 1, number: int = 10_000) -> Call[Records]:
    """At most a day; go on with the `msgid` of the answer while it is full."""
    asked = {"starttime": starttime, "endtime": endtime, "msgid": msgid, "number": number}
    return Call("POST", "/customservice/msgrecord/getmsglist", Records, payload=asked)
