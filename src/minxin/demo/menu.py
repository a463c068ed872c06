"""The menu of the city's main account."""

from datetime import datetime
from typing import Any

from django.conf import settings

from minxin.accounts.actions import set_menu
from minxin.accounts.models import Account
from minxin.accounts.queries import MenuAnswer
from minxin.accounts.tasks import publish_menu
from minxin.core.actors import System

SYSTEM = System("demo")
REPLIES = {
    "ask": MenuAnswer(
        "say", "想问什么，直接打字告诉我就行，比如“公积金怎么提取”“孩子上小学怎么报名”。"
    ),
    "hours": MenuAnswer("ask", "政务服务中心几点上班"),
    "file": MenuAnswer("file", ""),
    "progress": MenuAnswer("progress", ""),
    "person": MenuAnswer("person", ""),
}


def show_menu(account: Account, now: datetime) -> None:
    """Keep the menu and what its keys do, and show it in WeChat."""
    portal = f"{settings.MINXIN_PUBLIC_URL}/m/{account.app_id}"
    menu: list[dict[str, Any]] = [
        {
            "name": "问政策",
            "sub_button": [
                {"type": "click", "name": "怎么问", "key": "ask"},
                {"type": "click", "name": "大厅时间", "key": "hours"},
                {"type": "view", "name": "常见问题", "url": f"{portal}/"},
            ],
        },
        {
            "name": "我的诉求",
            "sub_button": [
                {"type": "click", "name": "提交诉求", "key": "file"},
                {"type": "click", "name": "查进度", "key": "progress"},
                {"type": "view", "name": "全部诉求", "url": f"{portal}/tickets/"},
            ],
        },
        {"type": "click", "name": "找人工", "key": "person"},
    ]
    set_menu(account, menu, replies=REPLIES, actor=SYSTEM, now=now)
    publish_menu(account, actor=SYSTEM, now=now)
