"""`/sim/wecom` and the page `/wecom`: the enterprise on this machine, and what its people received."""

from datetime import datetime
from html import escape

from starlette.requests import Request
from starlette.responses import Response

from minxin.simulator import pages
from minxin.simulator.api.wecom import received
from minxin.simulator.asking import answer, posted, words
from minxin.simulator.clock import CHINA
from minxin.simulator.database import from_json, to_json
from minxin.simulator.requests import WecomPosted
from minxin.simulator.world import World


async def wecom(request: Request) -> Response:
    """The applications and robots; POST makes one or changes it, without touching the others."""
    world: World = request.app.state.world
    if request.method == "POST":
        asked = await posted(request, WecomPosted)
        database = world.database
        if asked.app is not None:
            database.run(
                "INSERT INTO wecom_apps (corp_id, agent_id, secret, members) VALUES (?, ?, ?, ?) "
                "ON CONFLICT (corp_id, agent_id) DO UPDATE SET secret = excluded.secret, "
                "members = excluded.members, token = '', token_until = 0",
                asked.app.corp_id, asked.app.agent_id, asked.app.secret, to_json(asked.app.members),
            )  # fmt: skip
        if asked.robot is not None:
            database.run(
                "INSERT INTO wecom_robots (key, name, a_minute) VALUES (?, ?, ?) "
                "ON CONFLICT (key) DO UPDATE SET name = excluded.name, a_minute = excluded.a_minute",
                asked.robot.key, asked.robot.name, asked.robot.a_minute,
            )  # fmt: skip
    return answer(
        {
            "apps": [
                {
                    "corp_id": row["corp_id"],
                    "agent_id": row["agent_id"],
                    "members": from_json(row["members"]),
                }
                for row in world.database.all("SELECT * FROM wecom_apps ORDER BY id")
            ],
            "robots": [
                {"name": row["name"], "a_minute": row["a_minute"]}
                for row in world.database.all("SELECT * FROM wecom_robots ORDER BY name")
            ],
        }
    )


async def seen(request: Request) -> Response:
    """What members and groups received, the newest first; `to` names one of them."""
    return answer(received(request.app.state.world, words(request, "to")))


async def page(request: Request) -> Response:
    """GET /wecom: the same for a person who looks."""
    to = words(request, "to")
    rows = received(request.app.state.world, to)
    items = "".join(_item(row) for row in rows) or (
        "<p>还没有收到提醒。接通“企业微信（模拟）”后，发给工作人员的提醒会出现在这里。</p>"
    )
    body = (
        '<body class="h5"><main class="wecom"><h1>企业微信 · 收到的提醒</h1>'
        "<p>这是模拟器里的企业微信，只用于演示和测试。</p>"
        f"{items}</main></body>"
    )
    return pages.document("企业微信 · 模拟", body, policy=pages.POLICY)


def _item(row: dict[str, object]) -> str:
    content = row["content"]
    assert isinstance(content, dict)  # noqa: S101
    at = datetime.fromtimestamp(float(str(row["at"])), CHINA)
    title = escape(str(content.get("title", "")))
    text = escape(str(content.get("description") or content.get("content", "")))
    link = str(content.get("url", ""))
    more = escape(str(content.get("btntxt") or "详情"))
    shown = "<br>".join(text.splitlines())
    is_page = link.startswith(("http://", "https://"))
    opens = f'<p><a href="{escape(link)}">{more}</a></p>' if is_page else ""
    way = "群机器人" if str(row["via"]).startswith("robot:") else "应用消息"
    return (
        f'<article class="wecom-card"><p class="wecom-to">{escape(str(row["to"]))} · {way} · '
        f"{at:%m-%d %H:%M}</p>{f'<h2>{title}</h2>' if title else ''}<p>{shown}</p>{opens}</article>"
    )
