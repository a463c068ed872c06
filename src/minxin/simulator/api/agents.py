"""Customer-service accounts of WeChat's own (客服), their sessions and records."""

import re
from typing import Any

from starlette.datastructures import UploadFile

from minxin.simulator import people, pushes, sessions
from minxin.simulator.api.calls import OK, Call
from minxin.simulator.asked import number, words
from minxin.simulator.database import Row
from minxin.simulator.records import Account, Follower
from minxin.simulator.refusals import ControlError, Refused
from minxin.simulator.world import World
from minxin.wechat import SessionClosed, SessionOpened, SessionSwitched

MOST = 100
LONGEST_NICKNAME = 16
_NAME = re.compile(r"[0-9A-Za-z]{1,10}@[0-9A-Za-z_-]{1,30}")
LONGEST_SPAN = 86400
MOST_RECORDS = 10_000


async def add(call: Call) -> dict[str, Any]:
    """POST /customservice/kfaccount/add: `name@account`, a hundred at most."""
    asked = call.json()
    account, nickname = _name(asked), _nickname(asked)
    database, app_id = call.world.database, call.account.app_id
    if _find(call, account) is not None:
        raise Refused(65406)
    count = database.one(
        "SELECT count(*) AS n, coalesce(max(number), 1000) AS last FROM agents WHERE app_id = ?",
        app_id,
    )
    assert count is not None  # noqa: S101
    if count["n"] >= MOST:
        raise Refused(65405)
    database.insert(
        "agents", app_id=app_id, account=account, number=count["last"] + 1, nickname=nickname
    )
    return OK


async def update(call: Call) -> dict[str, Any]:
    """POST /customservice/kfaccount/update: another nickname."""
    asked = call.json()
    agent, nickname = _agent(call, _name(asked)), _nickname(asked)
    call.world.database.run(
        "UPDATE agents SET nickname = ? WHERE app_id = ? AND account = ?",
        nickname, call.account.app_id, agent["account"],
    )  # fmt: skip
    return OK


async def delete(call: Call) -> dict[str, Any]:
    """GET /customservice/kfaccount/del?kf_account=: sessions of it wait again."""
    agent = _agent(call, call.query("kf_account"))
    database, app_id = call.world.database, call.account.app_id
    database.run(
        "UPDATE agent_sessions SET agent = '' WHERE app_id = ? AND agent = ?",
        app_id, agent["account"],
    )  # fmt: skip
    database.run("DELETE FROM agents WHERE app_id = ? AND account = ?", app_id, agent["account"])
    return OK


async def upload_picture(call: Call) -> dict[str, Any]:
    """POST /customservice/kfaccount/uploadheadimg?kf_account=: a square picture of at most 1 MB."""
    agent = _agent(call, call.query("kf_account"))
    form = await call.form()
    file = form.get("media")
    if not isinstance(file, UploadFile):
        raise Refused(41005)
    body = await file.read(1024 * 1024 + 1)
    if not body:
        raise Refused(41005)
    if len(body) > 1024 * 1024:
        raise Refused(40009)
    if not body.startswith((b"\x89PNG", b"\xff\xd8\xff")):
        raise Refused(40005)
    media_id = f"headimg-{call.account.app_id}-{agent['number']}"
    call.world.database.run(
        "INSERT OR REPLACE INTO materials (media_id, app_id, type, name, content_type, body, "
        "updated_at, number) VALUES (?, ?, 'headimg', 'headimg', 'image/png', ?, ?, 0)",
        media_id, call.account.app_id, body, call.world.clock.now(),
    )  # fmt: skip
    address = str(call.request.url_for("material", media_id=media_id))
    call.world.database.run(
        "UPDATE agents SET picture = ? WHERE app_id = ? AND account = ?",
        address, call.account.app_id, agent["account"],
    )  # fmt: skip
    return OK


async def invite(call: Call) -> dict[str, Any]:
    """POST /customservice/kfaccount/inviteworker: a WeChat name, who accepts in /sim/agents."""
    asked = call.json()
    agent, wechat = _agent(call, _name(asked)), words(asked, "invite_wx", 65409)
    if agent["wechat"]:
        raise Refused(65412)
    if agent["invited"]:
        raise Refused(65411)
    taken = call.world.database.one(
        "SELECT invited, wechat FROM agents WHERE app_id = ? AND (wechat = ? OR invited = ?)",
        call.account.app_id, wechat, wechat,
    )  # fmt: skip
    if taken is not None:
        raise Refused(65407 if taken["wechat"] == wechat else 65408)
    call.world.database.run(
        "UPDATE agents SET invited = ?, invited_at = ? WHERE app_id = ? AND account = ?",
        wechat, call.world.clock.now(), call.account.app_id, agent["account"],
    )  # fmt: skip
    return OK


async def listing(call: Call) -> dict[str, Any]:
    """GET /cgi-bin/customservice/getkflist."""
    rows = call.world.database.all(
        "SELECT * FROM agents WHERE app_id = ? ORDER BY number", call.account.app_id
    )
    found = []
    for row in rows:
        agent = {
            "kf_account": row["account"],
            "kf_headimgurl": row["picture"],
            "kf_id": str(row["number"]),
            "kf_nick": row["nickname"],
        }
        if row["wechat"]:
            agent["kf_wx"] = row["wechat"]
        elif row["invited"]:
            agent |= {
                "invite_wx": row["invited"],
                "invite_expire_time": int(row["invited_at"] + 86400),
                "invite_status": "waiting",
            }
        found.append(agent)
    return {"kf_list": found}


async def online(call: Call) -> dict[str, Any]:
    """GET /cgi-bin/customservice/getonlinekflist."""
    rows = call.world.database.all(
        "SELECT a.account, a.number, (SELECT count(*) FROM agent_sessions s WHERE "
        "s.app_id = a.app_id AND s.agent = a.account) AS n FROM agents a "
        "WHERE a.app_id = ? AND a.is_online = 1 ORDER BY a.number",
        call.account.app_id,
    )
    return {
        "kf_online_list": [
            {
                "kf_account": row["account"],
                "status": 1,
                "kf_id": str(row["number"]),
                "accepted_case": row["n"],
            }
            for row in rows
        ]
    }


async def open_session(call: Call) -> dict[str, Any]:
    """POST /customservice/kfsession/create: the agent must be online, the citizen free."""
    asked = call.json()
    agent, follower = _agent(call, _name(asked)), _follower(call, asked)
    if not agent["is_online"]:
        raise Refused(65415)
    kept = sessions.of(call.world, follower.openid)
    if kept is not None and kept["agent"] and kept["agent"] != agent["account"]:
        raise Refused(65414)
    now = call.world.clock.now()
    call.world.database.run(
        "INSERT OR REPLACE INTO agent_sessions (app_id, openid, agent, began_at, latest_at) "
        "VALUES (?, ?, ?, ?, ?)",
        call.account.app_id, follower.openid, agent["account"], now, now,
    )  # fmt: skip
    sessions.record(call.world, call.account, follower, agent["account"], sessions.OPENED, "")
    await _tell(call, SessionOpened, follower, agent=agent["account"])
    return OK


async def close_session(call: Call) -> dict[str, Any]:
    """POST /customservice/kfsession/close."""
    asked = call.json()
    agent, follower = _agent(call, _name(asked)), _follower(call, asked)
    kept = sessions.of(call.world, follower.openid)
    if kept is None or kept["agent"] != agent["account"]:
        raise Refused(65413)
    call.world.database.run("DELETE FROM agent_sessions WHERE openid = ?", follower.openid)
    sessions.record(call.world, call.account, follower, agent["account"], sessions.CLOSED, "")
    await _tell(call, SessionClosed, follower, agent=agent["account"])
    return OK


async def session_of(call: Call) -> dict[str, Any]:
    """GET /customservice/kfsession/getsession?openid=: who attends a citizen."""
    follower = people.by_openid(call.world, call.account, call.query("openid"))
    if follower is None:
        raise Refused(40003)
    kept = sessions.of(call.world, follower.openid)
    if kept is None or not kept["agent"]:
        return {"kf_account": "", "createtime": 0}
    return {"kf_account": kept["agent"], "createtime": int(kept["began_at"])}


async def sessions_of(call: Call) -> dict[str, Any]:
    """GET /customservice/kfsession/getsessionlist?kf_account=: whom an agent attends."""
    agent = _agent(call, call.query("kf_account"))
    rows = call.world.database.all(
        "SELECT * FROM agent_sessions WHERE app_id = ? AND agent = ? ORDER BY began_at",
        call.account.app_id, agent["account"],
    )  # fmt: skip
    return {
        "sessionlist": [
            {"openid": row["openid"], "createtime": int(row["began_at"])} for row in rows
        ]
    }


async def waiting(call: Call) -> dict[str, Any]:
    """GET /customservice/kfsession/getwaitcase: who was handed over and waits."""
    rows = call.world.database.all(
        "SELECT * FROM agent_sessions WHERE app_id = ? AND agent = '' ORDER BY latest_at LIMIT 100",
        call.account.app_id,
    )
    cases = [{"openid": row["openid"], "latest_time": int(row["latest_at"])} for row in rows]
    return {"count": len(cases), "waitcaselist": cases}


async def records(call: Call) -> dict[str, Any]:
    """POST /customservice/msgrecord/getmsglist: at most a day and 10,000 at once (65416, 65417)."""
    asked = call.json()
    start, end = number(asked, "starttime", 65416), number(asked, "endtime", 65416)
    after = number(asked, "msgid", 65416, default=1)
    size = number(asked, "number", 65416, least=1, most=MOST_RECORDS)
    if end < start:
        raise Refused(65416)
    if end - start > LONGEST_SPAN:
        raise Refused(65417)
    rows = call.world.database.all(
        "SELECT * FROM agent_records WHERE app_id = ? AND at BETWEEN ? AND ? AND id >= ? "
        "ORDER BY id LIMIT ?",
        call.account.app_id, start, end + 1, after, size,
    )  # fmt: skip
    return {
        "recordlist": [
            {
                "openid": row["openid"],
                "opercode": row["opercode"],
                "text": row["text"],
                "time": int(row["at"]),
                "worker": row["agent"],
            }
            for row in rows
        ],
        "number": len(rows),
        "msgid": rows[-1]["id"] + 1 if rows else after,
    }


def known(call: Call, asked: dict[str, Any]) -> str:
    """The agent a customer-service message names; 65401 for one there is not; empty for none."""
    inside = asked.get("customservice")
    if not isinstance(inside, dict):
        return ""
    return str(_agent(call, words(inside, "kf_account", 65401))["account"])


# What happens in WeChat's own customer service --------------------------------------------------


async def be_online(world: World, account: Account, name: str, *, is_online: bool) -> None:
    """An agent signs in or out, and accepts an invitation by doing so."""
    changed = world.database.run(
        "UPDATE agents SET is_online = ?, wechat = CASE WHEN invited != '' THEN invited ELSE wechat "
        "END, invited = '' WHERE app_id = ? AND account = ?",
        int(is_online), account.app_id, name,
    )  # fmt: skip
    if not changed:
        raise ControlError(f"the account has no agent {name[:40]}", 404)


async def switch(world: World, account: Account, follower: Follower, to_agent: str) -> None:
    """One agent gives her to another."""
    kept = sessions.of(world, follower.openid)
    if kept is None or not kept["agent"]:
        raise ControlError("nobody attends her", 409)
    event = SessionSwitched(
        account=account.original_id,
        openid=follower.openid,
        created_at=int(world.clock.now()),
        from_agent=kept["agent"],
        to_agent=to_agent,
    )
    world.database.run(
        "UPDATE agent_sessions SET agent = ? WHERE openid = ?", to_agent, follower.openid
    )
    await pushes.tell(world, account, event)


def _find(call: Call, account: str) -> Row | None:
    return call.world.database.one(
        "SELECT * FROM agents WHERE app_id = ? AND account = ?", call.account.app_id, account
    )


def _agent(call: Call, account: str) -> Row:
    row = _find(call, account)
    if row is None:
        raise Refused(65401)
    return row


def _name(asked: dict[str, Any]) -> str:
    name = words(asked, "kf_account", 65404)
    if not _NAME.fullmatch(name):
        raise Refused(65404)
    return name


def _nickname(asked: dict[str, Any]) -> str:
    return words(asked, "nickname", 65403, most=LONGEST_NICKNAME)


def _follower(call: Call, asked: dict[str, Any]) -> Follower:
    follower = people.by_openid(call.world, call.account, words(asked, "openid", 40003))
    if follower is None or not follower.is_following:
        raise Refused(40003)
    return follower


async def _tell(
    call: Call, cls: type[SessionOpened] | type[SessionClosed], follower: Follower, *, agent: str
) -> None:
    event = cls(
        account=call.account.original_id,
        openid=follower.openid,
        created_at=int(call.world.clock.now()),
        agent=agent,
    )
    await pushes.tell(call.world, call.account, event)
