"""Customer-service messages as WeChat wants them posted."""

from collections.abc import Sequence
from typing import Any

from minxin.wechat._replies import Article


def text_payload(openid: str, content: str) -> dict[str, Any]:
    """A customer-service message of words."""
    return {"touser": openid, "msgtype": "text", "text": {"content": content}}


def news_payload(openid: str, article: Article) -> dict[str, Any]:
    """A customer-service message of one article card."""
    card = {
        "title": article.title,
        "description": article.description,
        "url": article.url,
        "picurl": article.picture_url,
    }
    return {"touser": openid, "msgtype": "news", "news": {"articles": [card]}}


def menu_payload(
    openid: str, head: str, items: Sequence[tuple[str, str]], tail: str
) -> dict[str, Any]:
    """A customer-service message with choices to tap: (id, words) each."""
    choices = [{"id": key, "content": words} for key, words in items]
    menu = {"head_content": head, "list": choices, "tail_content": tail}
    return {"touser": openid, "msgtype": "msgmenu", "msgmenu": menu}
