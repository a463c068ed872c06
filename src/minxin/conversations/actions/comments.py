"""What is done about comments: kept as WeChat tells them, answered, chosen, deleted, given to somebody."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from minxin.accounts.models import Account
from minxin.agencies import audit
from minxin.agencies.models import Staff
from minxin.agencies.queries import ensure_may
from minxin.agencies.rules import Permission
from minxin.citizens.identity import key_of
from minxin.citizens.models import Citizen
from minxin.conversations.models.comments import Comment, CommentAct, CommentedArticle, CommentNote
from minxin.conversations.queries.comments import comment_colleagues
from minxin.conversations.rules.comments import LONGEST_REPLY, next_look, private_in
from minxin.core.errors import Refused
from minxin.wechat.calls import comments as calls

LONGEST_NOTE = 1000
Kind = CommentAct.Kind


@dataclass(frozen=True, slots=True)
class Article:
    """An article as whoever learned of it tells: `place` is WeChat's `index`, from 0."""

    data_id: int
    place: int
    title: str
    url: str
    published_at: datetime


def keep_articles(account: Account, articles: Iterable[Article], *, now: datetime) -> None:
    """Ask for the comments of these from now on; one that is known stays as it is. Not audited: it follows
    from what was published."""
    CommentedArticle.objects.bulk_create(
        (
            CommentedArticle(
                account=account, data_id=one.data_id, place=one.place, title=one.title[:200],
                url=one.url[:500], published_at=one.published_at,
                due_at=now if next_look(one.published_at, now) else None,
            )
            for one in articles
        ),
        ignore_conflicts=True,
    )  # fmt: skip


@transaction.atomic
def keep_comments(
    article: CommentedArticle, seen: Sequence[calls.Comment], *, is_whole: bool, now: datetime
) -> int:
    """What WeChat lists: each once, changes noted; with `is_whole`, what it lists no longer is gone. How many
    are new. Not audited: the row is the record."""
    app_id = article.account.app_id or ""
    keys = {one.user_comment_id: key_of(app_id, one.openid) for one in seen if one.openid}
    met = set(Citizen.objects.filter(pk__in=keys.values()).values_list("pk", flat=True))
    known = {row.number: row for row in article.comments.select_for_update()}
    new = 0
    for one in seen:
        key = keys.get(one.user_comment_id)
        row = known.pop(one.user_comment_id, None)
        if row is None:
            new += 1
            row = Comment(article=article, number=one.user_comment_id, text=one.content)
            row.said_at = datetime.fromtimestamp(one.create_time, UTC)
            row.citizen_id = key if key in met else None
        elif row.text is not None and row.text != one.content:
            row.earlier, row.text, row.done_at = row.text, one.content, None
        row.is_elected, row.gone_at = bool(one.comment_type), None
        row.reply = one.reply.content if one.reply else ""
        row.replied_at = datetime.fromtimestamp(one.reply.create_time, UTC) if one.reply else None
        row.save()
    if is_whole:
        lost = [row.pk for row in known.values() if row.gone_at is None]
        Comment.objects.filter(pk__in=lost).update(gone_at=now)
    return new


@transaction.atomic
def ask(
    comment: Comment, kind: str, *, text: str = "", reason: str = "", may_carry_private: bool = False,
    key: str, actor: Staff, now: datetime,
) -> CommentAct:  # fmt: skip
    """Have something done about a comment in WeChat, by a worker; once for each `key`.

    `Refused` with the field: an empty or long reply, numbers of persons in what everybody reads (unless
    `may_carry_private`), a deletion without a reason, an act that does not fit how the comment stands, and
    while another waits.
    """
    ensure_may(actor, Permission.ANSWER_CONVERSATIONS, comment.article.account.agency)
    known = CommentAct.objects.filter(key=key, comment=comment).first()
    if known is not None:
        return known
    comment.refresh_from_db(from_queryset=Comment.objects.select_for_update())
    text, reason = text.strip(), reason.strip()
    if comment.gone_at is not None:
        raise Refused(_("这条留言已经删除。"))
    _see_that_it_fits(comment, kind)
    if kind == Kind.REPLY:
        _see_what_is_said(text, may_carry_private=may_carry_private)
    if kind in {Kind.DELETE, Kind.UNREPLY} and not reason:
        raise Refused(_("请填写删除的原因，会记入审计。"), field="reason")
    try:
        with transaction.atomic():
            act = CommentAct.objects.create(
                comment=comment, key=key, kind=kind, text=text, reason=reason[:200], staff=actor,
                asked_at=now, due_at=now,
            )  # fmt: skip
    except IntegrityError as error:
        raise Refused(_("上一个操作还在执行，请稍候。")) from error
    audit.record(
        actor, f"comment.{kind}", comment, now=now, agency=comment.article.account.agency,
        after={"text": text, "reason": reason},
    )  # fmt: skip
    return act


def _see_that_it_fits(comment: Comment, kind: str) -> None:
    if kind == Kind.REPLY and comment.reply:
        raise Refused(_("这条留言已经回复过。需要修改时，请先删除原来的回复。"))
    if kind == Kind.UNREPLY and not comment.reply:
        raise Refused(_("这条留言还没有回复。"))
    if kind == Kind.ELECT and comment.is_elected:
        raise Refused(_("这条留言已经是精选。"))
    if kind == Kind.UNELECT and not comment.is_elected:
        raise Refused(_("这条留言不是精选。"))


def _see_what_is_said(text: str, *, may_carry_private: bool) -> None:
    if not text:
        raise Refused(_("请填写回复。"), field="text")
    if len(text) > LONGEST_REPLY:
        raise Refused(_("回复不超过 %(limit)s 字。") % {"limit": LONGEST_REPLY}, field="text")
    found = private_in(text)
    if found and not may_carry_private:
        raise Refused(
            _("回复是公开的，里面好像有个人信息：%(found)s。请删去；确实要公开的，请勾选后再提交。")
            % {"found": "、".join(found)},
            field="text",
        )


@transaction.atomic
def note_done(act: CommentAct, *, now: datetime) -> None:
    """WeChat has done it: the comment stands so from now on. Audited when it was asked for."""
    comment = act.comment
    comment.refresh_from_db(from_queryset=Comment.objects.select_for_update())
    match act.kind:
        case Kind.REPLY:
            comment.reply, comment.replied_at = act.text, now
        case Kind.UNREPLY:
            comment.reply, comment.replied_at = "", None
        case Kind.ELECT | Kind.UNELECT:
            comment.is_elected = act.kind == Kind.ELECT
        case Kind.DELETE:
            comment.gone_at = now
    comment.save()
    CommentAct.objects.filter(pk=act.pk).update(status=CommentAct.Status.DONE, error="")


@transaction.atomic
def assign_comment(comment: Comment, to: Staff | None, *, actor: Staff, now: datetime) -> None:
    """Give it to a colleague who can answer it, or to nobody."""
    agency = comment.article.account.agency
    ensure_may(actor, Permission.ANSWER_CONVERSATIONS, agency)
    if to is not None and to not in comment_colleagues(comment):
        raise Refused(_("请选择一位能答复这个公众号的同事。"), field="to")
    before = comment.assigned_to.username if comment.assigned_to else None
    comment.assigned_to = to
    comment.save(update_fields=["assigned_to"])
    after = {"assigned_to": to.username if to else None}
    audit.record(
        actor, "comment.assigned", comment, now=now, agency=agency,
        before={"assigned_to": before}, after=after,
    )  # fmt: skip


@transaction.atomic
def set_done(comment: Comment, *, is_done: bool, actor: Staff, now: datetime) -> None:
    """Nothing is left to do about it, or there is again."""
    agency = comment.article.account.agency
    ensure_may(actor, Permission.ANSWER_CONVERSATIONS, agency)
    comment.done_at = now if is_done else None
    comment.save(update_fields=["done_at"])
    audit.record(
        actor, "comment.done" if is_done else "comment.reopened", comment, now=now, agency=agency
    )


@transaction.atomic
def note_comment(
    comment: Comment, text: str, *, key: str, actor: Staff, now: datetime
) -> CommentNote:
    """Tell colleagues something about it; once for each `key`."""
    agency = comment.article.account.agency
    ensure_may(actor, Permission.ANSWER_CONVERSATIONS, agency)
    known = CommentNote.objects.filter(key=key, comment=comment).first()
    if known is not None:
        return known
    text = text.strip()
    if not text:
        raise Refused(_("请填写备注。"), field="note")
    if len(text) > LONGEST_NOTE:
        raise Refused(_("备注不超过 %(limit)s 字。") % {"limit": LONGEST_NOTE}, field="note")
    note = CommentNote.objects.create(comment=comment, staff=actor, key=key, text=text, at=now)
    audit.record(actor, "comment.noted", comment, now=now, agency=agency)
    return note
