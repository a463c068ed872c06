"""Two workers read the comments of one article at the same moment: each is kept once, neither fails."""

import pytest

from tests.support.databases import EITHER_DATABASE, own_database

NOW = """
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo
now = datetime(2026, 11, 24, 10, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
from minxin.conversations.actions.comments import Article, keep_articles, keep_comments
from minxin.conversations.models.comments import Comment, CommentedArticle
from minxin.wechat.calls import comments as calls
from tests.support.city import OPENID
"""
MAKE = f"""{NOW}
from tests.support.city import build_city
keep_articles(build_city(now).account, [Article(7, 0, "停水通知", "", now)], now=now)
"""
LOOK = f"""{NOW}
for words in ("几点恢复供水？", "还没有来水"):
    seen = [calls.Comment(each, 1795500000 + each, f"{{words}}{{each}}", OPENID) for each in range(400)]
    keep_comments(
        CommentedArticle.objects.get(), seen, is_whole=True, done_before=frozenset(), now=now
    )
print("kept")
"""
TOLD = f"""{NOW}
rows = Comment.objects.filter(gone_at=None, citizen__isnull=False, text__startswith="还没有来水")
print(rows.count(), Comment.objects.count())
"""


@pytest.mark.parametrize("kind", EITHER_DATABASE)
def test_twins_keep_each_comment_once(kind: str) -> None:
    with own_database(kind) as database:
        database.run(MAKE)
        assert database.run_all([LOOK, LOOK]) == ["kept", "kept"]
        database.run(LOOK)  # whichever was last: the next look tells the same
        assert database.run(TOLD) == "400 400"
