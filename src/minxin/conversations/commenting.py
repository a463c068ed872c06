"""Speaking with WeChat about comments, in workers. No transaction is open meanwhile.

A reply is never said twice: a row is claimed before WeChat is asked, and of one whose end is not known the
list is read first; WeChat itself refuses a second reply (88005).
"""

import logging
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.db.models import F
from django.utils.translation import gettext as _

from minxin import wechat
from minxin.accounts.budgets import Period
from minxin.accounts.models import Account
from minxin.accounts.queries import client_for
from minxin.conversations.actions.comment_articles import note_article_done
from minxin.conversations.actions.comments import keep_comments, note_done
from minxin.conversations.models.comments import Act, ArticleAct, CommentAct, CommentedArticle
from minxin.conversations.queries.comments import done_acts
from minxin.conversations.rules.comments import next_look
from minxin.core.errors import Refused
from minxin.wechat.calls import comments as calls

log = logging.getLogger("minxin.comments")
PAGE = 49
MOST_PAGES = 40
LOOKS_A_STRIKE = 20  # of an account, at one strike of the clock
LEASE = timedelta(seconds=60)
PAUSE = timedelta(minutes=5)
MOST_ATTEMPTS = 8
SPENT, NO_PRIVILEGE, NO_ARTICLE, ANSWERED = 45009, 88000, 88001, 88005
# It is as it was asked for: the reply or the comment is gone already.
THERE_ALREADY: dict[str, set[int]] = {
    CommentAct.Kind.UNREPLY: {87009, 88009},
    CommentAct.Kind.DELETE: {88004, 88008},
}
ClientOf = Callable[[Account], wechat.Client]
Status = Act.Status
KINDS: tuple[type[CommentAct] | type[ArticleAct], ...] = (CommentAct, ArticleAct)


def look_at_due(*, now: datetime, client_of: ClientOf = client_for) -> int:
    """Ask for the comments of the articles whose time has come, some of each account; how many are new."""
    asked: Counter[int] = Counter()
    new = 0
    for article in CommentedArticle.objects.filter(due_at__lte=now).order_by("due_at"):
        if asked[article.account_id] >= LOOKS_A_STRIKE:
            continue
        asked[article.account_id] += 1
        article.refresh_from_db(fields=["due_at"])  # another article's refusal may have moved it
        if article.due_at is not None and article.due_at <= now:
            new += look(article, now=now, client_of=client_of)
    return new


def look(article: CommentedArticle, *, now: datetime, client_of: ClientOf = client_for) -> int:
    """Read all comments of one article; what WeChat refuses is kept in words, with the next look."""
    done_before = done_acts(article)
    try:
        seen, is_whole = _read(article, client_of(article.account))
    except wechat.WeChatError as error:
        _put_off(article, error.code, now)
        return 0
    except (wechat.WeChatUnreachable, Refused) as error:
        words = error.message if isinstance(error, Refused) else _("暂时连不上微信。")
        _keep(article, trouble=words, due_at=now + PAUSE)
        return 0
    new = keep_comments(article, seen, is_whole=is_whole, done_before=done_before, now=now)
    _keep(article, trouble="", due_at=next_look(article.published_at, now), looked_at=now)
    return new


def _read(article: CommentedArticle, client: wechat.Client) -> tuple[list[calls.Comment], bool]:
    """Every comment that WeChat lists, each once, and whether these are all. One that comes in between two
    pages moves the others on: they are known by their number."""
    found: dict[int, calls.Comment] = {}
    for number in range(MOST_PAGES):
        begin = number * PAGE
        page = client.call(calls.page(article.data_id, article.place, begin=begin, count=PAGE))
        found |= {one.user_comment_id: one for one in page.comment}
        if begin + PAGE >= page.total or not page.comment:
            return list(found.values()), len(found) >= page.total
    return list(found.values()), False


def _put_off(article: CommentedArticle, code: int, now: datetime) -> None:
    words = wechat.explain(code).meaning[:300]
    tomorrow = Period.DAY.renews_at(now)
    mine = CommentedArticle.objects.filter(account=article.account_id, due_at__lt=tomorrow)
    if code in {SPENT, NO_PRIVILEGE}:  # so it is for every article of the account
        mine.update(trouble=words, due_at=tomorrow)
    elif code == NO_ARTICLE:
        _keep(article, trouble=words, due_at=None)
    else:
        _keep(article, trouble=words, due_at=now + PAUSE)


def _keep(article: CommentedArticle, **fields: object) -> None:
    CommentedArticle.objects.filter(pk=article.pk).update(**fields)


def carry_out_due(*, now: datetime, client_of: ClientOf = client_for) -> int:
    """Do what was asked for and is due; what a worker left in the middle is taken up again. How many."""
    count = 0
    for kind in KINDS:
        kind.objects.filter(status=Status.RUNNING, due_at__lte=now).update(
            status=Status.WAITING, is_uncertain=True
        )
        due = kind.objects.filter(status=Status.WAITING, due_at__lte=now).order_by("id")
        for number in due.values_list("pk", flat=True):
            count += carry_out(kind, number, now=now, client_of=client_of)
    return count


def carry_out(
    kind: type[CommentAct] | type[ArticleAct],
    number: int,
    *,
    now: datetime,
    client_of: ClientOf = client_for,
) -> bool:
    """Do one; False when it is not due or somebody else has it."""
    mine = kind.objects.filter(pk=number, status=Status.WAITING, due_at__lte=now)
    if not mine.update(status=Status.RUNNING, due_at=now + LEASE, attempts=F("attempts") + 1):
        return False
    act = kind.objects.get(pk=number)
    try:
        if not (act.is_uncertain and _is_done(act, client_of, now)):
            client_of(_article(act).account).call(_call(act), retries=0)
        _note_done(act, now)
    except wechat.WeChatError as error:
        _refused(act, error.code, client_of, now)
    except wechat.WeChatUnreachable as error:
        _later(act, _("暂时连不上微信。"), now, is_uncertain=error.may_have_happened)
    except Refused as refusal:
        _fail(act, refusal.message)
    return True


def _article(act: CommentAct | ArticleAct) -> CommentedArticle:
    return act.article if isinstance(act, ArticleAct) else act.comment.article


def _note_done(act: CommentAct | ArticleAct, now: datetime) -> None:
    if isinstance(act, ArticleAct):
        note_article_done(act, now=now)
    else:
        note_done(act, now=now)


def _call(act: CommentAct | ArticleAct) -> wechat.Call[Any]:
    article = _article(act)
    if isinstance(act, ArticleAct):
        call = calls.open_ if act.kind == ArticleAct.Kind.OPEN else calls.close
        return call(article.data_id, article.place)
    number = act.comment.number
    match act.kind:
        case CommentAct.Kind.REPLY:
            return calls.reply(article.data_id, number, act.text, article.place)
        case CommentAct.Kind.UNREPLY:
            return calls.delete_reply(article.data_id, number, article.place)
        case CommentAct.Kind.ELECT:
            return calls.elect(article.data_id, number, article.place)
        case CommentAct.Kind.UNELECT:
            return calls.unelect(article.data_id, number, article.place)
    return calls.delete(article.data_id, number, article.place)


def _is_done(act: CommentAct | ArticleAct, client_of: ClientOf, now: datetime) -> bool:
    """Whether a reply whose end we do not know stands there; the other acts can be done again."""
    if not isinstance(act, CommentAct) or act.kind != CommentAct.Kind.REPLY:
        return False
    look(act.comment.article, now=now, client_of=client_of)
    act.comment.refresh_from_db()
    return act.comment.reply == act.text


def _refused(act: CommentAct | ArticleAct, code: int, client_of: ClientOf, now: datetime) -> None:
    if code in THERE_ALREADY.get(act.kind, set()) or (
        code == ANSWERED and _is_done(act, client_of, now)
    ):
        _note_done(act, now)
        return
    found = wechat.explain(code)
    if code == SPENT:
        _put(
            act, status=Status.WAITING, due_at=Period.DAY.renews_at(now), error=found.meaning[:300]
        )
    else:
        _fail(act, f"{found.meaning}{found.remedy}")


def _later(act: CommentAct | ArticleAct, words: str, now: datetime, *, is_uncertain: bool) -> None:
    if act.attempts >= MOST_ATTEMPTS:
        _fail(act, words)
        return
    pause = timedelta(seconds=min(2**act.attempts, 300))
    is_uncertain = act.is_uncertain or is_uncertain
    _put(act, status=Status.WAITING, due_at=now + pause, error=words, is_uncertain=is_uncertain)


def _fail(act: CommentAct | ArticleAct, words: str) -> None:
    log.warning("%s %s failed: %s", type(act).__name__, act.pk, words)
    _put(act, status=Status.FAILED, error=words[:300])


def _put(act: CommentAct | ArticleAct, **fields: object) -> None:
    type(act).objects.filter(pk=act.pk).update(**fields)
