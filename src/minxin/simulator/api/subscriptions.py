"""Subscription notices (订阅通知): one per consent, or for public services as long as she wishes."""

from typing import Any

from minxin.simulator import jobs, people, pushes
from minxin.simulator.api import notices, templates
from minxin.simulator.api.calls import OK, Call
from minxin.simulator.api.templates import LIBRARY
from minxin.simulator.asked import listing, number, words
from minxin.simulator.records import Account, Follower
from minxin.simulator.refusals import ControlError, Refused
from minxin.simulator.world import World
from minxin.wechat import SubscriptionAnswered, SubscriptionChanged, SubscriptionSent

ONE_OFF, LONG_TERM = 2, 3
CATEGORY = 612
FOREVER = 2**31 - 1
LONGEST_SCENE = 15
PUBLIC = frozenset({"government", "other"})  # whose services may notify for as long as she wishes


async def send(call: Call) -> dict[str, Any]:
    """POST /cgi-bin/message/subscribe/bizsend: 43101 without her consent."""
    asked = call.json()
    world = call.world
    follower = people.by_openid(world, call.account, words(asked, "touser", 40003))
    if follower is None:
        raise Refused(40003)
    template = templates.find(call, words(asked, "template_id", 40037), "subscription")
    values = notices.check(template["content"], asked.get("data"))
    taken = world.database.run(
        "UPDATE notice_consents SET sends_left = sends_left - (sends_left < ?) "
        "WHERE openid = ? AND template_id = ? AND sends_left > 0 AND is_refused = 0",
        FOREVER, follower.openid, template["template_id"],
    )  # fmt: skip
    if not taken or follower.is_blocked:
        raise Refused(43101)
    msg_id = world.next_number("subscription", 1_700_000_000_000_000_000)
    templates.deliver(call, follower, template, values, via="subscription")
    jobs.add(
        world, "subscription", after=0.0, app_id=follower.app_id, openid=follower.openid,
        template_id=template["template_id"], msg_id=msg_id,
    )  # fmt: skip
    return OK


async def tell_sent(world: World, args: dict[str, Any]) -> None:
    """The job after a notice: the account hears that it arrived."""
    account = world.account(args["app_id"])
    if account is None:
        return
    result = {
        "TemplateId": args["template_id"],
        "MsgID": args["msg_id"],
        "ErrorCode": 0,
        "ErrorStatus": "success",
    }
    event = SubscriptionSent(
        account=account.original_id,
        openid=args["openid"],
        created_at=int(world.clock.now()),
        results=[result],
    )
    await pushes.tell(world, account, event)


async def categories(call: Call) -> dict[str, Any]:
    """GET /wxaapi/newtmpl/getcategory."""
    return {**OK, "data": [{"id": CATEGORY, "name": "政务民生"}]}


async def titles(call: Call) -> dict[str, Any]:
    """GET /wxaapi/newtmpl/getpubtemplatetitles?ids=&start=&limit=: the library of a category."""
    start, limit = _number(call, "start"), _number(call, "limit", most=30)
    if str(CATEGORY) not in call.query("ids").split(","):
        return {**OK, "count": 0, "data": []}
    found = [
        {
            "tid": int(tid),
            "title": title,
            "type": LONG_TERM if call.account.principal in PUBLIC else ONE_OFF,
            "categoryId": str(CATEGORY),
        }
        for tid, (title, _) in LIBRARY.items()
    ]
    return {**OK, "count": len(found), "data": found[start : start + limit]}


async def keywords(call: Call) -> dict[str, Any]:
    """GET /wxaapi/newtmpl/getpubtemplatekeywords?tid=."""
    if call.query("tid") not in LIBRARY:
        raise Refused(200014)
    found = [
        {
            "kid": kid,
            "name": name,
            "example": templates.EXAMPLES.get(key.rstrip("0123456789"), "示例"),
            "rule": key.rstrip("0123456789"),
        }
        for kid, (name, key) in enumerate(LIBRARY[call.query("tid")][1].items(), start=1)
    ]
    return {**OK, "count": len(found), "data": found}


async def of_account(call: Call) -> dict[str, Any]:
    """GET /wxaapi/newtmpl/gettemplate."""
    rows = call.world.database.all(
        "SELECT * FROM templates WHERE app_id = ? AND kind = 'subscription' "
        "ORDER BY created_at, rowid",
        call.account.app_id,
    )
    return {
        **OK,
        "data": [
            {
                "priTmplId": row["template_id"],
                "title": row["title"],
                "content": row["content"],
                "example": row["example"],
                "type": LONG_TERM if row["is_long_term"] else ONE_OFF,
            }
            for row in rows
        ],
    }


async def add(call: Call) -> dict[str, Any]:
    """POST /wxaapi/newtmpl/addtemplate: two to five keywords of one title."""
    asked = call.json()
    tid = str(asked.get("tid", ""))
    if tid not in LIBRARY:
        raise Refused(200014)
    title, words_of = LIBRARY[tid]
    chosen = listing(asked, "kidList", 200020, least=2, most=5)
    names = list(words_of)
    if not all(
        isinstance(one, int) and not isinstance(one, bool) and 1 <= one <= len(names)
        for one in chosen
    ):
        raise Refused(200020)
    scene = words(asked, "sceneDesc", 200021, default="", most=LONGEST_SCENE, most_code=200021)
    made = templates.make(
        call, "subscription", tid, title, {names[k - 1]: words_of[names[k - 1]] for k in chosen},
        scene=scene, is_long_term=call.account.principal in PUBLIC,
    )  # fmt: skip
    return {**OK, "priTmplId": made}


async def delete(call: Call) -> dict[str, Any]:
    """POST /wxaapi/newtmpl/deltemplate."""
    row = templates.find(call, words(call.json(), "priTmplId", 200014), "subscription")
    call.world.database.run("DELETE FROM templates WHERE template_id = ?", row["template_id"])
    return OK


def _number(call: Call, name: str, *, most: int = 10_000) -> int:
    return number({name: call.query(name) or "0"}, name, 47001, most=most)


# What the citizen does --------------------------------------------------------------------------


async def answer(
    world: World, account: Account, follower: Follower, template_id: str, *, accepts: bool,
    scene: int,
) -> None:  # fmt: skip
    """She was asked on a page (1) or in an article (2): each yes is one notice, or all of them."""
    template = _template(world, account, template_id)
    left = FOREVER if template["is_long_term"] else 1
    if accepts:
        world.database.run(
            "INSERT INTO notice_consents (openid, template_id, sends_left) VALUES (?, ?, ?) "
            "ON CONFLICT (openid, template_id) DO UPDATE SET is_refused = 0, "
            "sends_left = CASE WHEN excluded.sends_left = ? THEN ? ELSE sends_left + 1 END",
            follower.openid, template_id, left, FOREVER, FOREVER,
        )  # fmt: skip
    choice = {
        "TemplateId": template_id,
        "SubscribeStatusString": "accept" if accepts else "reject",
        "PopupScene": scene,
    }
    event = SubscriptionAnswered(
        account=account.original_id,
        openid=follower.openid,
        created_at=int(world.clock.now()),
        answers=[choice],
    )
    await pushes.tell(world, account, event)


async def refuse(world: World, account: Account, follower: Follower, template_id: str) -> None:
    """She turned a notice off in the account's settings."""
    _template(world, account, template_id)
    world.database.run(
        "INSERT INTO notice_consents (openid, template_id, sends_left, is_refused) "
        "VALUES (?, ?, 0, 1) ON CONFLICT (openid, template_id) DO UPDATE SET is_refused = 1",
        follower.openid, template_id,
    )  # fmt: skip
    change = {"TemplateId": template_id, "SubscribeStatusString": "reject"}
    event = SubscriptionChanged(
        account=account.original_id,
        openid=follower.openid,
        created_at=int(world.clock.now()),
        answers=[change],
    )
    await pushes.tell(world, account, event)


def shown(world: World, account: Account, template_id: str) -> dict[str, Any]:
    """The notice she is asked for; 404 for one that the account has not."""
    row = _template(world, account, template_id)
    return {
        "account": account.name,
        "template_id": row["template_id"],
        "title": row["title"],
        "is_long_term": bool(row["is_long_term"]),
    }


def keep(world: World, account: Account, template_id: str, library_id: str) -> dict[str, Any]:
    """A one-time template with all keywords of a title; 404 for a title that is not in the library."""
    if library_id not in LIBRARY:
        raise ControlError(f"the library has no title {library_id}", 404)
    title, keywords = LIBRARY[library_id]
    if not world.database.one("SELECT 1 FROM templates WHERE template_id = ?", template_id):
        templates.keep(world, account.app_id, template_id, library_id, title, keywords)
    return {"template_id": _template(world, account, template_id)["template_id"]}


def _template(world: World, account: Account, template_id: str) -> Any:
    row = world.database.one(
        "SELECT * FROM templates WHERE template_id = ? AND app_id = ? AND kind = 'subscription'",
        template_id, account.app_id,
    )  # fmt: skip
    if row is None:
        raise ControlError(f"the account has no subscription template {template_id[:64]}", 404)
    return row
