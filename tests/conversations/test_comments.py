"""Comments under articles: read once each, answered once, by who may."""

import json
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from minxin import wechat
from minxin.agencies.models import AuditEntry
from minxin.agencies.rules import Permission
from minxin.citizens.actions import erase
from minxin.citizens.identity import key_of
from minxin.console.conversations.comments import CommentTable
from minxin.conversations import actions as conversations
from minxin.conversations.actions.comments import (
    Article,
    ask,
    assign_comment,
    keep_articles,
    note_comment,
    set_done,
)
from minxin.conversations.commenting import LEASE, carry_out_due, look, look_at_due
from minxin.conversations.models.comments import Comment, CommentAct, CommentedArticle
from minxin.conversations.queries.comments import comment_for, comments_visible_to, open_comments
from minxin.core.errors import NotFound, Refused
from tests.support.city import APP_ID, OPENID, SETUP, City

pytestmark = pytest.mark.django_db


class WeChat:
    """Comments under one article as WeChat keeps them; `fails` are answers given instead, in turn."""

    def __init__(self) -> None:
        self.rows: dict[int, dict[str, Any]] = {}
        self.asked: list[str] = []
        self.fails: dict[str, list[int | Exception]] = {}
        self.dies_after: set[str] = set()

    def say(self, number: int, words: str, openid: str = OPENID) -> None:
        self.rows[number] = {
            "user_comment_id": number, "openid": openid, "create_time": 1795500000 + number,
            "content": words, "comment_type": 0,
        }  # fmt: skip

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if request.url.path == "/cgi-bin/stable_token":
            return httpx.Response(200, json={"access_token": "t", "expires_in": 7200})
        what = request.url.path.removeprefix("/cgi-bin/comment/")
        self.asked.append(what)
        if self.fails.get(what):
            fault = self.fails[what].pop(0)
            if isinstance(fault, Exception):
                raise fault
            return httpx.Response(200, json={"errcode": fault, "errmsg": "x"})
        found = self._do(what, json.loads(request.content))
        if what in self.dies_after:
            raise httpx.ReadTimeout("no answer")
        return httpx.Response(200, json=found)

    def _do(self, what: str, told: dict[str, Any]) -> dict[str, Any]:
        if what == "list":
            rows = sorted(self.rows.values(), key=lambda row: -row["user_comment_id"])
            begin = told["begin"]
            return {
                "errcode": 0,
                "total": len(rows),
                "comment": rows[begin : begin + told["count"]],
            }
        if what in {"open", "close"}:
            return {"errcode": 0}
        row = self.rows.get(told["user_comment_id"])
        if row is None:
            return {"errcode": 88008}
        if what == "reply/add":
            if "reply" in row:
                return {"errcode": 88005}
            row["reply"] = {"content": told["content"], "create_time": 1795500500}
        elif what == "reply/delete":
            if row.pop("reply", None) is None:
                return {"errcode": 87009}
        elif what == "delete":
            del self.rows[told["user_comment_id"]]
        else:
            row["comment_type"] = int(what == "markelect")
        return {"errcode": 0}

    def client(self, account: object = None) -> wechat.Client:
        return wechat.Client(
            APP_ID, "s" * 32, store=wechat.MemoryTokenStore(), transport=httpx.MockTransport(self)
        )


@pytest.fixture
def there() -> WeChat:
    return WeChat()


@pytest.fixture
def article(city: City, now: datetime) -> CommentedArticle:
    keep_articles(city.account, [Article(7, 0, "停水通知", "", now)] * 2, now=now)
    return CommentedArticle.objects.get()


@pytest.fixture
def comment(article: CommentedArticle, there: WeChat, now: datetime) -> Comment:
    there.say(1, "几点恢复供水？")
    look(article, now=now, client_of=there.client)
    return Comment.objects.get()


def test_each_comment_is_kept_once_and_changes_are_noted(
    city: City, article: CommentedArticle, there: WeChat, now: datetime
) -> None:
    for number in range(1, 121):
        there.say(number, f"第{number}条")
    assert look_at_due(now=now, client_of=there.client) == 120
    assert there.asked.count("list") == 3
    assert look(article, now=now, client_of=there.client) == 0
    assert Comment.objects.count() == 120
    assert Comment.objects.get(number=1).citizen == city.xiaolin
    there.rows[5]["content"] = "改过的话"
    del there.rows[6]
    look(article, now=now, client_of=there.client)
    changed = Comment.objects.get(number=5)
    assert (changed.text, changed.earlier) == ("改过的话", "第5条")
    assert Comment.objects.get(number=6).gone_at == now
    assert Comment.objects.filter(gone_at=None).count() == 119


def test_an_article_is_asked_less_and_less_and_no_more_after_a_month(
    article: CommentedArticle, there: WeChat, now: datetime
) -> None:
    pauses = []
    for age in (timedelta(), timedelta(days=2), timedelta(days=20), timedelta(days=31)):
        look(article, now=now + age, client_of=there.client)
        article.refresh_from_db()
        pauses.append(article.due_at and article.due_at - now - age)
    assert pauses[:3] == [timedelta(minutes=2), timedelta(minutes=15), timedelta(hours=6)]
    assert pauses[3] is None


def test_a_spent_quota_and_a_missing_privilege_rest_all_articles_until_tomorrow(
    city: City, article: CommentedArticle, there: WeChat, now: datetime
) -> None:
    keep_articles(city.account, [Article(8, 1, "另一篇", "", now)], now=now)
    for code in (45009, 88000):
        CommentedArticle.objects.update(due_at=now)
        there.asked.clear()
        there.fails["list"] = [code]
        assert look_at_due(now=now, client_of=there.client) == 0
        assert there.asked == ["list"]
        rows = CommentedArticle.objects.all()
        assert all(row.due_at == now + timedelta(hours=14) and row.trouble for row in rows)
    there.fails["list"] = [88001]
    look(article, now=now, client_of=there.client)
    article.refresh_from_db()
    assert article.due_at is None


def test_what_hangs_is_asked_again_soon_and_nothing_is_called_gone(
    article: CommentedArticle, comment: Comment, there: WeChat, now: datetime
) -> None:
    there.fails["list"] = [httpx.ReadTimeout("slow")] * 5
    look(article, now=now, client_of=there.client)
    article.refresh_from_db()
    comment.refresh_from_db()
    assert article.due_at == now + timedelta(minutes=5)
    assert article.trouble
    assert comment.gone_at is None


def test_a_reply_goes_once_and_is_audited(
    city: City, comment: Comment, there: WeChat, now: datetime
) -> None:
    for _ in range(2):
        ask(comment, "reply", text="今晚八点。", key="k", actor=city.wang, now=now)
    assert carry_out_due(now=now, client_of=there.client) == 1
    assert carry_out_due(now=now, client_of=there.client) == 0
    comment.refresh_from_db()
    assert (comment.reply, there.rows[1]["reply"]["content"]) == ("今晚八点。", "今晚八点。")
    assert "今晚八点" not in str(AuditEntry.objects.filter(verb="comment.reply").values().get())
    with pytest.raises(Refused):
        ask(comment, "reply", text="再说", key="k2", actor=city.wang, now=now)


def test_a_worker_that_dies_in_the_middle_of_a_reply_says_it_once(
    city: City, comment: Comment, there: WeChat, now: datetime
) -> None:
    """Killed before WeChat was asked, and after it took the words: either way they stand there once."""
    for is_said in (False, True):
        there.rows[1].pop("reply", None)
        Comment.objects.update(reply="", replied_at=None)
        there.asked.clear()
        act = ask(comment, "reply", text="今晚八点。", key=f"k{is_said}", actor=city.wang, now=now)
        CommentAct.objects.filter(pk=act.pk).update(status="running", due_at=now + LEASE)
        if is_said:
            there.rows[1]["reply"] = {"content": "今晚八点。", "create_time": 1795500500}
        assert carry_out_due(now=now, client_of=there.client) == 0  # somebody may be at it
        assert carry_out_due(now=now + 2 * LEASE, client_of=there.client) == 1
        act.refresh_from_db()
        assert act.status == "done"
        assert there.rows[1]["reply"]["content"] == "今晚八点。"
        assert there.asked.count("reply/add") == (0 if is_said else 1)


def test_an_answer_that_never_comes_is_looked_for_before_it_is_said_again(
    city: City, comment: Comment, there: WeChat, now: datetime
) -> None:
    there.dies_after = {"reply/add"}
    act = ask(comment, "reply", text="今晚八点。", key="k", actor=city.wang, now=now)
    carry_out_due(now=now, client_of=there.client)
    act.refresh_from_db()
    assert (act.status, act.is_uncertain) == ("waiting", True)
    carry_out_due(now=now + timedelta(minutes=1), client_of=there.client)
    act.refresh_from_db()
    assert act.status == "done"
    assert there.asked.count("reply/add") == 1


def test_another_reply_that_stands_there_is_told_and_not_replaced(
    city: City, comment: Comment, there: WeChat, now: datetime
) -> None:
    there.rows[1]["reply"] = {"content": "在公众平台上写的", "create_time": 1795500500}
    act = ask(comment, "reply", text="今晚八点。", key="k", actor=city.wang, now=now)
    carry_out_due(now=now, client_of=there.client)
    act.refresh_from_db()
    comment.refresh_from_db()
    assert act.status == "failed"
    assert "已经回复过" in act.error
    assert comment.reply == "在公众平台上写的"


def test_chosen_and_not_deleted_with_a_reason(
    city: City, comment: Comment, there: WeChat, now: datetime
) -> None:
    ask(comment, "elect", key="a", actor=city.wang, now=now)
    with pytest.raises(Refused, match="还在执行"):
        ask(comment, "delete", reason="广告", key="b", actor=city.wang, now=now)
    carry_out_due(now=now, client_of=there.client)
    comment.refresh_from_db()
    assert comment.is_elected
    ask(comment, "unelect", key="c", actor=city.wang, now=now)
    carry_out_due(now=now, client_of=there.client)
    with pytest.raises(Refused, match="原因"):
        ask(comment, "delete", key="d", actor=city.wang, now=now)
    ask(comment, "delete", reason="广告", key="e", actor=city.wang, now=now)
    there.rows.clear()  # she was faster: it is as it was asked for
    carry_out_due(now=now, client_of=there.client)
    comment.refresh_from_db()
    assert comment.gone_at == now
    assert CommentAct.objects.get(key="e").status == "done"


def test_what_everybody_reads_carries_nobodys_number(
    city: City, comment: Comment, now: datetime
) -> None:
    words = "请联系张先生 13812345678。"
    with pytest.raises(Refused, match="13812345678"):
        ask(comment, "reply", text=words, key="k", actor=city.wang, now=now)
    assert not CommentAct.objects.exists()
    ask(comment, "reply", text=words, may_carry_private=True, key="k", actor=city.wang, now=now)


def test_only_who_answers_for_the_account_sees_and_does(
    city: City, comment: Comment, now: datetime
) -> None:
    assert list(comments_visible_to(city.wang)) == [comment]
    assert open_comments(city.wang) == 1
    assert open_comments(city.outsider) == 0
    for permission in (Permission.READ_CONVERSATIONS, Permission.ANSWER_CONVERSATIONS):
        with pytest.raises(NotFound):
            comment_for(city.outsider, permission, comment.pk)
    for actor in (city.outsider, city.auditor, city.operator, city.administrator):
        with pytest.raises(NotFound):
            ask(comment, "reply", text="好", key="k", actor=actor, now=now)
        with pytest.raises(NotFound):
            set_done(comment, is_done=True, actor=actor, now=now)
        with pytest.raises(NotFound):
            note_comment(comment, "看", key="n", actor=actor, now=now)
        with pytest.raises(NotFound):
            assign_comment(comment, city.wang, actor=actor, now=now)
    with pytest.raises(Refused):
        assign_comment(comment, city.outsider, actor=city.wang, now=now)
    assert not CommentAct.objects.exists()
    set_done(comment, is_done=True, actor=city.wang, now=now)
    assert open_comments(city.wang) == 0


def test_who_unfollows_is_forgotten_here_too(
    city: City, article: CommentedArticle, comment: Comment, there: WeChat, now: datetime
) -> None:
    note_comment(comment, "她是老李的邻居", key="n", actor=city.wang, now=now)
    conversations.erase_text(city.xiaolin.pk)
    assert comment.notes.get().text == ""
    look(article, now=now, client_of=there.client)
    comment.refresh_from_db()
    assert (comment.text, comment.citizen) == (None, None)


def test_of_who_was_erased_no_words_are_kept(
    city: City, article: CommentedArticle, there: WeChat, now: datetime
) -> None:
    erase(city.xiaolin, actor=SETUP, now=now)
    there.say(1, "几点恢复供水？")
    look(article, now=now, client_of=there.client)
    assert (Comment.objects.get().text, Comment.objects.get().citizen) == (None, None)
    Comment.objects.update(text="旧的话")  # read before she was known
    look(article, now=now, client_of=there.client)
    assert (Comment.objects.get().text, Comment.objects.get().citizen) == (None, None)


def test_who_is_met_later_is_known_at_the_next_look(
    city: City, article: CommentedArticle, comment: Comment, there: WeChat, now: datetime
) -> None:
    Comment.objects.update(citizen=None)
    look(article, now=now, client_of=there.client)
    assert Comment.objects.get().citizen == city.xiaolin


def test_a_look_at_what_did_not_change_writes_no_comment_and_few_at_a_time(
    article: CommentedArticle, there: WeChat, now: datetime
) -> None:
    for number in range(1, 121):
        there.say(number, f"第{number}条")
    for most in (50, 0):
        with CaptureQueriesContext(connection) as asked:
            look(article, now=now, client_of=there.client)
        written = [
            each["sql"] for each in asked
            if each["sql"].startswith(("INSERT", "UPDATE")) and "conversations_comment\"" in each["sql"]
        ]  # fmt: skip
        assert len(written) == (3 if most else 0)
        assert all(sql.count("第") <= most for sql in written)


def test_a_list_that_is_older_than_a_colleagues_reply_takes_nothing_back(
    city: City, article: CommentedArticle, comment: Comment, there: WeChat, now: datetime
) -> None:
    ask(comment, "reply", text="今晚八点。", key="k", actor=city.wang, now=now)

    class Slow:
        """WeChat lists; before the list is here the reply lands."""

        def call(self, call: Any) -> Any:
            listed = there.client().call(call)
            carry_out_due(now=now, client_of=there.client)
            return listed

    look(article, now=now, client_of=lambda account: Slow())  # type: ignore[arg-type, return-value]
    comment.refresh_from_db()
    assert comment.reply == "今晚八点。"
    there.rows[1].pop("reply")  # deleted elsewhere: the next look tells it
    look(article, now=now, client_of=there.client)
    comment.refresh_from_db()
    assert comment.reply == ""


def test_a_twin_that_kept_the_same_does_not_end_the_strike(
    article: CommentedArticle, there: WeChat, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    there.say(1, "几点恢复供水？")

    def twin(app_id: str, openid: str) -> str:
        Comment.objects.get_or_create(article=article, number=1, text="几点恢复供水？", said_at=now)
        return key_of(app_id, openid)

    known = Comment.objects.none()
    with monkeypatch.context() as patch:
        patch.setattr("minxin.conversations.actions.comments.key_of", twin)
        patch.setattr("django.db.models.query.QuerySet.select_for_update", lambda *_, **__: known)
        look(article, now=now, client_of=there.client)
    assert Comment.objects.count() == 1


def test_a_key_stands_for_one_act_that_did_not_fail(
    city: City, comment: Comment, now: datetime
) -> None:
    act = ask(comment, "elect", key="k", actor=city.wang, now=now)
    assert ask(comment, "elect", key="k", actor=city.wang, now=now) == act
    with pytest.raises(Refused, match="已经提交过"):
        ask(comment, "reply", text="今晚八点。", key="k", actor=city.wang, now=now)
    CommentAct.objects.update(status="failed")
    with pytest.raises(Refused, match="已经提交过"):
        ask(comment, "elect", key="k", actor=city.wang, now=now)
    assert ask(comment, "elect", key="l", actor=city.wang, now=now) != act


def test_a_number_that_the_list_would_cut_is_masked_first(comment: Comment) -> None:
    words = "字" * 75 + "13812345678"
    assert "1381" not in CommentTable([]).render_text(words)
