"""Template messages of verified service accounts: the library, an account's own, and sending."""

import hashlib
from collections.abc import Mapping
from typing import Any

from minxin.simulator import chats, faults, jobs, people, pushes, random_ids
from minxin.simulator.api import notices
from minxin.simulator.api.calls import OK, Call
from minxin.simulator.asked import listing, number, words
from minxin.simulator.database import Row, from_json, to_json
from minxin.simulator.records import Follower
from minxin.simulator.refusals import Refused
from minxin.simulator.world import World
from minxin.wechat import TemplateSent

MOST = 25
DAILY = 100_000
SAME_CLIENT_ID = 600.0
SAME_CONTENT = 60.0
# The simulator's own library of category templates (类目模板): number, title, keywords.
LIBRARY: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "40001": ("办理进度通知", {"办理事项": "thing1", "当前状态": "phrase2", "更新时间": "time3"}),
    "40002": (
        "诉求答复提醒",
        {"诉求编号": "character_string1", "答复单位": "thing2", "答复时间": "time3"},
    ),
    "40003": ("预约成功通知", {"预约事项": "thing1", "预约时间": "time2", "办理地点": "thing3"}),
    "40004": ("缴费提醒", {"缴费项目": "thing1", "金额": "amount2", "截止日期": "date3"}),
    "40005": ("证件到期提醒", {"证件名称": "thing1", "到期日期": "date2", "车牌号": "car_number3"}),
    "40007": ("办理回访通知", {"工单编号": "character_string1", "回访事项": "thing2"}),
    "40006": ("停水停电通知", {"影响范围": "thing1", "开始时间": "time2", "结束时间": "time3"}),
}
INDUSTRIES = {
    "1": ("IT科技", "互联网|电子商务"), "2": ("IT科技", "IT软件与服务"), "20": ("政府与公共事业", "警察"),
    "21": ("政府与公共事业", "消防"), "22": ("政府与公共事业", "非盈利机构"), "23": ("政府与公共事业", "博物馆"),
    "24": ("政府与公共事业", "公共事业单位"), "25": ("政府与公共事业", "政府"),
}  # fmt: skip


async def send(call: Call) -> dict[str, Any]:
    """POST /cgi-bin/message/template/send: the msgid; TEMPLATESENDJOBFINISH tells the end."""
    asked = call.json()
    world = call.world
    follower = receiver(call, asked)
    template = find(call, words(asked, "template_id", 40037), "template")
    values = notices.check(template["content"], asked.get("data"))
    client_id = words(asked, "client_msg_id", 47001, default="", longest=32)
    msg_id = world.next_number("template", 3_400_000_000_000_000_000)
    is_again = _note_once(world, follower, "template", client_id, values, msg_id)
    if is_again is not None:
        return {**OK, "msgid": is_again}
    if faults.take(world, follower.app_id, faults.REVIEW) is not None:
        _intercept(world, follower, template, values, msg_id)
        status = "failed: system failed"
    else:
        deliver(call, follower, template, values, via="template")
        status = "failed:user block" if follower.is_blocked else "success"
    jobs.add(
        world, "template", after=0.0, app_id=follower.app_id, openid=follower.openid, msg_id=msg_id,
        status=status,
    )  # fmt: skip
    return {**OK, "msgid": msg_id}


def _intercept(
    world: World, follower: Follower, template: Row, values: dict[str, str], msg_id: int
) -> None:
    """The review takes it for marketing: it reaches nobody, and the account can look it up."""
    lines = notices.lines(template["content"], values)
    world.database.insert(
        "intercepted_notices", app_id=follower.app_id, msg_id=msg_id, openid=follower.openid,
        title=template["title"], content="\n".join(f"{one['label']}：{one['value']}" for one in lines),
        at=world.clock.now(),
    )  # fmt: skip


def receiver(call: Call, asked: dict[str, Any]) -> Follower:
    """The follower it goes to; 43004 for who does not follow."""
    follower = people.by_openid(call.world, call.account, words(asked, "touser", 40003))
    if follower is None:
        raise Refused(40003)
    if not follower.is_following:
        raise Refused(43004)
    return follower


def find(call: Call, template_id: str, kind: str) -> Row:
    row = call.world.database.one(
        "SELECT * FROM templates WHERE template_id = ? AND app_id = ? AND kind = ?",
        template_id, call.account.app_id, kind,
    )  # fmt: skip
    if row is None:
        raise Refused(40037)
    return row


def _note_once(
    world: World, follower: Follower, kind: str, client_id: str, values: dict[str, str], msg_id: int
) -> int | None:
    """The msgid of the same client_msg_id within ten minutes; 40241 for the same words in one."""
    now = world.clock.now()
    digest = hashlib.sha256(to_json([kind, values]).encode()).hexdigest()[:16]
    if client_id:
        row = world.database.one(
            "SELECT msg_id FROM notice_sends WHERE openid = ? AND client_id = ? AND at > ?",
            follower.openid, client_id, now - SAME_CLIENT_ID,
        )  # fmt: skip
        if row is not None:
            return int(row["msg_id"])
    else:
        row = world.database.one(
            "SELECT 1 FROM notice_sends WHERE openid = ? AND digest = ? AND at > ?",
            follower.openid, digest, now - SAME_CONTENT,
        )  # fmt: skip
        if row is not None:
            raise Refused(40241)
    world.database.insert(
        "notice_sends", app_id=follower.app_id, openid=follower.openid, kind=kind,
        client_id=client_id, digest=digest, at=now, msg_id=msg_id,
    )  # fmt: skip
    return None


def deliver(
    call: Call, follower: Follower, template: Row, values: dict[str, str], *, via: str
) -> None:
    """The card on her phone; not for who refuses the account's messages."""
    if follower.is_blocked:
        return
    asked = call.json()
    link = asked.get("url") or asked.get("page") or ""
    mini = asked.get("miniprogram")
    data: dict[str, Any] = {
        "title": template["title"],
        "lines": notices.lines(template["content"], values),
        "values": values,
        "template_id": template["template_id"],
    }
    if isinstance(mini, dict) and mini.get("appid"):
        data["miniprogram"] = {
            "appid": str(mini["appid"]), "pagepath": str(mini.get("pagepath", "")),
        }  # fmt: skip
    words_shown = "\n".join(f"{one['label']}：{one['value']}" for one in data["lines"])
    content = {"type": via, "text": f"{template['title']}\n{words_shown}", "data": data}
    if isinstance(link, str) and link:
        content["url"] = link
    chats.add(call.world, follower, sender="account", via=via, content=content)


async def tell_sent(world: World, args: dict[str, Any]) -> None:
    """The job after a template message: the account hears what became of it."""
    account = world.account(args["app_id"])
    if account is None:
        return
    event = TemplateSent(
        account=account.original_id,
        openid=args["openid"],
        created_at=int(world.clock.now()),
        message_id=int(args["msg_id"]),
        status=args["status"],
    )
    await pushes.tell(world, account, event)


async def add(call: Call) -> dict[str, Any]:
    """POST /cgi-bin/template/api_add_template: from the library, with the keywords one wants."""
    asked = call.json()
    short_id = words(asked, "template_id_short", 40037)
    if short_id not in LIBRARY:
        raise Refused(40037)
    title, keywords = LIBRARY[short_id]
    chosen = (
        listing(asked, "keyword_name_list", 40037, most=5)
        if "keyword_name_list" in asked
        else list(keywords)
    )
    if not all(isinstance(one, str) and one in keywords for one in chosen):
        raise Refused(40037)
    return {
        **OK,
        "template_id": make(
            call, "template", short_id, title, {one: keywords[one] for one in chosen}
        ),
    }


def make(
    call: Call, kind: str, library_id: str, title: str, keywords: Mapping[str, str], *,
    scene: str = "", is_long_term: bool = False,
) -> str:  # fmt: skip
    """One more template of the account; 45026 when it has twenty-five."""
    count = call.world.database.one(
        "SELECT count(*) AS n FROM templates WHERE app_id = ? AND kind = ?",
        call.account.app_id, kind,
    )  # fmt: skip
    if count is not None and count["n"] >= MOST:
        raise Refused(45026)
    template_id = random_ids.template_id()
    keep(
        call.world, call.account.app_id, template_id, library_id, title, keywords, kind=kind,
        scene=scene, is_long_term=is_long_term,
    )  # fmt: skip
    return template_id


def keep(
    world: World, app_id: str, template_id: str, library_id: str, title: str,
    keywords: Mapping[str, str], *, kind: str = "subscription", scene: str = "",
    is_long_term: bool = False,
) -> None:  # fmt: skip
    """Write a template down as it is."""
    content = "\n".join(f"{label}：{{{{{key}.DATA}}}}" for label, key in keywords.items())
    example = "\n".join(
        f"{label}：{EXAMPLES.get(_kind(key), '示例')}" for label, key in keywords.items()
    )
    world.database.insert(
        "templates", template_id=template_id, app_id=app_id, kind=kind,
        library_id=library_id, title=title, content=content, example=example,
        category="政务民生", scene=scene, is_long_term=int(is_long_term),
        created_at=world.clock.now(),
    )  # fmt: skip


EXAMPLES = {
    "thing": "居住证签注", "phrase": "已受理", "time": "2026年11月24日 15:20",
    "character_string": "YX7K29QM", "amount": "40元", "date": "2026年11月30日", "car_number": "测A12345",
}  # fmt: skip


def _kind(key: str) -> str:
    return key.rstrip("0123456789")


async def listing_of_account(call: Call) -> dict[str, Any]:
    """GET /cgi-bin/template/get_all_private_template."""
    rows = call.world.database.all(
        "SELECT * FROM templates WHERE app_id = ? AND kind = 'template' ORDER BY created_at, rowid",
        call.account.app_id,
    )
    return {
        "template_list": [
            {
                "template_id": row["template_id"],
                "title": row["title"],
                "primary_industry": "",
                "deputy_industry": "",
                "content": row["content"],
                "example": row["example"],
            }
            for row in rows
        ]
    }


async def delete(call: Call) -> dict[str, Any]:
    """POST /cgi-bin/template/del_private_template."""
    row = find(call, words(call.json(), "template_id", 40037), "template")
    call.world.database.run("DELETE FROM templates WHERE template_id = ?", row["template_id"])
    return OK


async def set_industry(call: Call) -> dict[str, Any]:
    """POST /cgi-bin/template/api_set_industry: two numbers; once a month (43100)."""
    asked = call.json()
    chosen = [str(number(asked, name, 40102)) for name in ("industry_id1", "industry_id2")]
    if not all(one in INDUSTRIES for one in chosen):
        raise Refused(40102)
    row = call.world.database.one(
        "SELECT industry FROM accounts WHERE app_id = ?", call.account.app_id
    )
    month = call.world.clock.day()[:7]
    kept = from_json(row["industry"]) if row else {}
    if kept.get("month") == month:
        raise Refused(43100)
    call.world.database.run(
        "UPDATE accounts SET industry = ? WHERE app_id = ?",
        to_json({"month": month, "chosen": chosen}), call.account.app_id,
    )  # fmt: skip
    return OK


async def get_industry(call: Call) -> dict[str, Any]:
    """GET /cgi-bin/template/get_industry."""
    row = call.world.database.one(
        "SELECT industry FROM accounts WHERE app_id = ?", call.account.app_id
    )
    chosen = (from_json(row["industry"]) if row else {}).get("chosen", ["25", "24"])
    names = ("primary_industry", "secondary_industry")
    return {
        name: dict(zip(("first_class", "second_class"), INDUSTRIES[one], strict=True))
        for name, one in zip(names, chosen, strict=True)
    }


async def blocked(call: Call) -> dict[str, Any]:
    """POST /wxa/sec/queryblocktmplmsg: what the review intercepted, by msgid, a hundred a page."""
    asked = call.json()
    msg_id, after = str(asked.get("tmpl_msg_id", "")), number(asked, "largest_id", default=0)
    size = number(asked, "limit", default=100, least=1, most=100)
    rows = call.world.database.all(
        "SELECT * FROM intercepted_notices WHERE app_id = ? AND cast(msg_id AS TEXT) = ? AND id > ? "
        "ORDER BY id LIMIT ?",
        call.account.app_id, msg_id, after, size,
    )  # fmt: skip
    return {
        **OK,
        "msginfo": [
            {
                "id": row["id"],
                "tmpl_msg_id": str(row["msg_id"]),
                "title": row["title"],
                "content": row["content"],
                "send_timestamp": int(row["at"]),
                "openid": row["openid"],
            }
            for row in rows
        ],
    }
