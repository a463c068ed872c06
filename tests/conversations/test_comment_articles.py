"""Articles become known by themselves, and their comments are opened and closed by who may."""

from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest

from minxin import wechat
from minxin.agencies.models import AuditEntry
from minxin.agencies.rules import Permission
from minxin.conversations.actions.comment_articles import (
    ask_to_look,
    ask_to_set_open,
    keep_submitted,
    mass_job,
    note_published,
    publish_job,
)
from minxin.conversations.actions.comments import Article, keep_articles
from minxin.conversations.articles import WITHOUT_EVENT
from minxin.conversations.channels.mass import WAY
from minxin.conversations.channels.way import Post
from minxin.conversations.commenting import carry_out_due, look
from minxin.conversations.contents import MassContent
from minxin.conversations.models.comments import ArticleAct, CommentedArticle
from minxin.conversations.queries.comments import (
    article_for,
    articles_visible_to,
    latest_comment_change,
)
from minxin.core.errors import NotFound, Refused
from tests.conversations.test_comments import WeChat
from tests.support.city import APP_ID, City

pytestmark = pytest.mark.django_db

# PublishEventInfo.article_detail and ArticleUrlResult as the codec hands them on: one item is a mapping,
# several a list.
ONE = {"count": "1", "item": {"idx": "1", "article_url": "https://mp.example/s/1"}}
TWO = {
    "Count": "2",
    "ResultList": {
        "item": [
            {"ArticleIdx": "1", "ArticleUrl": "https://mp.example/s/1"},
            {"ArticleIdx": "2", "ArticleUrl": "https://mp.example/s/2"},
        ]
    },
}


def event(city: City, kind: str, at: datetime, **data: Any) -> dict[str, Any]:
    return {"kind": kind, "data": data, "account_id": city.account.pk, "said_at": at}


def rows() -> list[CommentedArticle]:
    return list(CommentedArticle.objects.order_by("place"))


@pytest.fixture
def there() -> WeChat:
    return WeChat()


@pytest.fixture
def article(city: City, now: datetime) -> CommentedArticle:
    keep_articles(city.account, [Article(7, 0, "停水通知", "", now)], now=now)
    return CommentedArticle.objects.get()


def test_what_we_published_is_asked_for_as_soon_as_it_is_out(city: City, now: datetime) -> None:
    job = publish_job(100)
    for _ in range(2):
        keep_submitted(city.account, job, 7, ["停水通知"], is_open=True, now=now)
    (row,) = rows()
    assert (row.due_at, row.is_open, row.title) == (now + WITHOUT_EVENT, True, "停水通知")
    at = now + timedelta(seconds=3)
    running = event(city, "Published", at, publish_id="100", status=1)
    other = event(city, "Published", at, publish_id="999", status=0, detail=ONE)
    assert note_published([running, other], now=at) == 0
    out = event(city, "Published", at, publish_id="100", status=0, article_id="a", detail=ONE)
    for _ in range(2):
        assert note_published([out], now=at) == 1
    (row,) = rows()
    assert (row.due_at, row.published_at, row.url) == (at, at, "https://mp.example/s/1")


@pytest.mark.parametrize("status", [2, 3, 4, 5, 6])
def test_what_did_not_come_out_is_not_asked_for(city: City, now: datetime, status: int) -> None:
    keep_submitted(city.account, publish_job(100), 7, ["停水通知"], now=now)
    note_published([event(city, "Published", now, publish_id="100", status=status)], now=now)
    (row,) = rows()
    assert row.due_at is None
    assert "没有发布成功" in row.trouble


def test_a_mass_message_brings_its_articles_and_the_next_days_figures_their_titles(
    city: City, now: datetime
) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/cgi-bin/stable_token":
            return httpx.Response(200, json={"access_token": "t", "expires_in": 7200})
        return httpx.Response(200, json={"errcode": 0, "msg_id": 34182, "msg_data_id": 206})

    client = wechat.Client(
        APP_ID, "s" * 32, store=wechat.MemoryTokenStore(), transport=httpx.MockTransport(answer)
    )
    content = MassContent(kind="mpnews", value="media")
    post = Post(number=1, key="k", account=city.account, content=content, now=now)
    assert WAY.send(post, lambda _: client) == "34182"
    assert [(row.data_id, row.job) for row in rows()] == [(206, mass_job(34182))]
    out = event(city, "MassSent", now, message_id=34182, status="send success", articles=TWO)
    note_published([out], now=now)
    assert [(row.place, row.due_at, row.url[-1]) for row in rows()] == [
        (0, now, "1"),
        (1, now, "2"),
    ]
    told = [Article(206, place, f"第{place}篇", "", now) for place in (0, 1)]
    keep_articles(city.account, told, now=now + timedelta(days=1))
    assert [row.title for row in rows()] == ["第0篇", "第1篇"]


def test_a_text_to_everybody_is_no_article(city: City, now: datetime) -> None:
    keep_submitted(city.account, mass_job(1), 0, [""], now=now)
    assert rows() == []


def test_an_event_of_another_accounts_job_finds_nothing(city: City, now: datetime) -> None:
    keep_submitted(city.account, publish_job(100), 7, ["停水通知"], now=now)
    out = event(city, "Published", now, publish_id="100", status=0, detail=ONE)
    assert note_published([{**out, "account_id": city.account.pk + 1}], now=now) == 0


def test_comments_are_closed_with_a_reason_and_opened_again(
    city: City, article: CommentedArticle, there: WeChat, now: datetime
) -> None:
    there.say(1, "几点恢复？")
    with pytest.raises(Refused, match="原因"):
        ask_to_set_open(article, is_open=False, key="a", actor=city.wang, now=now)
    with pytest.raises(Refused, match="200"):
        ask_to_set_open(
            article, is_open=False, reason="长" * 201, key="a", actor=city.wang, now=now
        )
    for _ in range(2):
        ask_to_set_open(article, is_open=False, reason="广告多", key="b", actor=city.wang, now=now)
    with pytest.raises(Refused, match="还在执行"):
        ask_to_set_open(article, is_open=True, key="c", actor=city.wang, now=now)
    assert carry_out_due(now=now, client_of=there.client) == 1
    article.refresh_from_db()
    assert article.is_open is False
    assert there.asked == ["close"]
    with pytest.raises(Refused, match="已经关闭"):
        ask_to_set_open(article, is_open=False, reason="广告", key="d", actor=city.wang, now=now)
    ask_to_set_open(article, is_open=True, key="e", actor=city.wang, now=now)
    carry_out_due(now=now, client_of=there.client)
    article.refresh_from_db()
    assert article.is_open is True
    verbs = AuditEntry.objects.filter(verb__startswith="article.").values_list("verb", "reason")
    assert set(verbs) == {("article.comments_closed", "广告多"), ("article.comments_opened", "")}


@pytest.mark.parametrize(
    ("code", "words"), [(88000, "没有留言功能"), (88001, "没有这篇图文"), (88002, "受限")]
)
def test_what_wechat_answers_is_told_in_chinese_and_the_switch_stays(
    city: City, article: CommentedArticle, there: WeChat, now: datetime, code: int, words: str
) -> None:
    there.fails["open"] = [code]
    ask_to_set_open(article, is_open=True, key="a", actor=city.wang, now=now)
    carry_out_due(now=now, client_of=there.client)
    act = ArticleAct.objects.get()
    article.refresh_from_db()
    assert (act.status, article.is_open) == ("failed", None)
    assert words in act.error


def test_a_switch_that_hangs_is_tried_again(
    city: City, article: CommentedArticle, there: WeChat, now: datetime
) -> None:
    there.fails["open"] = [httpx.ReadTimeout("slow")]
    ask_to_set_open(article, is_open=True, key="a", actor=city.wang, now=now)
    carry_out_due(now=now, client_of=there.client)
    assert ArticleAct.objects.get().status == "waiting"
    carry_out_due(now=now + timedelta(minutes=1), client_of=there.client)
    assert ArticleAct.objects.get().status == "done"


def test_only_who_answers_for_the_account_opens_and_closes(
    city: City, article: CommentedArticle, now: datetime
) -> None:
    assert list(articles_visible_to(city.wang)) == [article]
    assert not articles_visible_to(city.outsider).exists()
    for actor in (city.outsider, city.auditor, city.operator, city.administrator):
        with pytest.raises(NotFound):
            ask_to_set_open(article, is_open=True, key="k", actor=actor, now=now)
        with pytest.raises(NotFound):
            ask_to_look(article, actor=actor, now=now)
    assert not ArticleAct.objects.exists()
    with pytest.raises(NotFound):
        article_for(city.outsider, Permission.READ_CONVERSATIONS, article.pk)


def test_asked_for_by_hand_not_more_than_every_few_seconds(
    city: City, article: CommentedArticle, there: WeChat, now: datetime
) -> None:
    ask_to_look(article, actor=city.wang, now=now)
    look(article, now=now, client_of=there.client)
    with pytest.raises(Refused, match="刚刚"):
        ask_to_look(article, actor=city.wang, now=now + timedelta(seconds=5))
    ask_to_look(article, actor=city.wang, now=now + timedelta(minutes=1))


def test_a_page_hears_of_a_new_comment_and_not_of_a_look_that_found_nothing(
    city: City, article: CommentedArticle, there: WeChat, now: datetime
) -> None:
    before = latest_comment_change()
    look(article, now=now, client_of=there.client)
    assert latest_comment_change() == before
    there.say(1, "几点恢复？")
    look(article, now=now, client_of=there.client)
    after = latest_comment_change()
    assert after != before
    look(article, now=now + timedelta(minutes=2), client_of=there.client)
    assert latest_comment_change() == after
