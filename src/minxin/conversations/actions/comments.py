"""What is done about comments: kept as WeChat tells them, answered, chosen, deleted, given to somebody."""

from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from itertools import islice

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from minxin.agencies import audit
from minxin.agencies.models import Staff
from minxin.agencies.queries import ensure_may
from minxin.agencies.rules import Permission
from minxin.citizens.identity import key_of
from minxin.citizens.models import Citizen
from minxin.conversations.articles import Article as Article
from minxin.conversations.articles import keep_articles as keep_articles
from minxin.conversations.models.comments import Comment, CommentAct, CommentedArticle, CommentNote
from minxin.conversations.queries.comments import comment_colleagues
from minxin.conversations.rules.comments import LONGEST_REPLY, private_in
from minxin.core.errors import Refused
from minxin.wechat.calls import comments as calls

LONGEST_NOTE, LONGEST_REASON = 1000, 200
MOST_AT_ONCE = 50  # comments that are kept in one transaction
# What a look may change of a comment that is known.
LOOKED_AT = (
    "text",
    "earlier",
    "done_at",
    "is_elected",
    "gone_at",
    "reply",
    "replied_at",
    "citizen_id",
)
Kind = CommentAct.Kind


def keep_comments(
    article: CommentedArticle,
    seen: Sequence[calls.Comment],
    *,
    is_whole: bool,
    done_before: Collection[int],
    now: datetime,
) -> int:
    """What WeChat lists: each once, changes noted; with `is_whole`, what it lists no longer is gone. How many
    are new. Not audited: the row is the record.

    `done_before`: what `queries.comments.done_acts` told before WeChat was asked. A comment about which
    something was done since stays as that left it until the next look: the list may be older. A twin that
    reads the same list does no harm; `MOST_AT_ONCE` rows are locked at a time.
    """
    left, new = iter(seen), 0
    while some := list(islice(left, MOST_AT_ONCE)):
        new += _keep_some(article, some, done_before, now)
    if is_whole:
        listed = {one.user_comment_id for one in seen}
        rows = article.comments.filter(gone_at=None).order_by("pk").values_list("pk", "number")
        lost = iter([pk for pk, number in rows if number not in listed])
        while gone := list(islice(lost, MOST_AT_ONCE)):
            Comment.objects.filter(pk__in=gone, gone_at=None).update(gone_at=now, changed_at=now)
    return new


@transaction.atomic
def _keep_some(
    article: CommentedArticle,
    some: list[calls.Comment],
    done_before: Collection[int],
    now: datetime,
) -> int:
    app_id = article.account.app_id or ""
    keys = {one.user_comment_id: key_of(app_id, one.openid) for one in some if one.openid}
    numbers = [one.user_comment_id for one in some]
    rows = article.comments.select_for_update().filter(number__in=numbers).order_by("pk")
    known = {row.number: row for row in rows}
    # Read after the rows are locked. Who is known, and whether she was erased; what was done meanwhile.
    met = dict(Citizen.objects.filter(pk__in=keys.values()).values_list("pk", "erased_at"))
    acts = CommentAct.objects.filter(comment__in=known.values(), status=CommentAct.Status.DONE)
    newer = {of for act, of in acts.values_list("pk", "comment") if act not in done_before}
    made, changed = [], []
    for one in some:
        row = known.get(one.user_comment_id)
        if row is not None and row.pk in newer:
            continue
        before = row and [getattr(row, name) for name in LOOKED_AT]
        if row is None:
            row = Comment(article=article, number=one.user_comment_id, text=one.content)
            row.said_at = datetime.fromtimestamp(one.create_time, UTC)
        _bring_up_to_date(row, one, keys.get(one.user_comment_id), met)
        row.changed_at = now
        if before is None:
            made.append(row)
        elif before != [getattr(row, name) for name in LOOKED_AT]:
            changed.append(row)
    Comment.objects.bulk_create(made, ignore_conflicts=True)
    names = [name.removesuffix("_id") for name in LOOKED_AT]
    Comment.objects.bulk_update(changed, [*names, "changed_at"])
    return len(made)


def _bring_up_to_date(
    row: Comment, one: calls.Comment, key: str | None, met: dict[str, datetime | None]
) -> None:
    """As WeChat lists it. What was erased stays so, and of who was erased nothing is kept."""
    if row.text is not None and row.text != one.content:
        row.earlier, row.text, row.done_at = row.text, one.content, None
    if row.text is not None and key in met:
        if met[key] is not None:
            row.text, row.earlier, row.citizen_id = None, "", None
        elif row.citizen_id is None:
            row.citizen_id = key
    row.is_elected, row.gone_at = bool(one.comment_type), None
    row.reply = one.reply.content if one.reply else ""
    row.replied_at = datetime.fromtimestamp(one.reply.create_time, UTC) if one.reply else None


@transaction.atomic
def ask(
    comment: Comment, kind: str, *, text: str = "", reason: str = "", may_carry_private: bool = False,
    key: str, actor: Staff, now: datetime,
) -> CommentAct:  # fmt: skip
    """Have something done about a comment in WeChat, by a worker; once for each `key`.

    `Refused` with the field: an empty or long reply, numbers of persons in what everybody reads (unless
    `may_carry_private`), a deletion without a reason, an act that does not fit how the comment stands,
    while another waits, and a key under which another act stands, or one that failed.
    """
    ensure_may(actor, Permission.ANSWER_CONVERSATIONS, comment.article.account.agency)
    known = CommentAct.objects.filter(key=key).first()
    if known is not None:
        is_same = known.comment_id == comment.pk and known.kind == kind
        if is_same and known.status != CommentAct.Status.FAILED:
            return known
        raise Refused(_("这个页面已经提交过一次操作。请看清现在的状态，需要时再提交一次。"))
    comment.refresh_from_db(from_queryset=Comment.objects.select_for_update())
    text, reason = text.strip(), reason.strip()
    if len(reason) > LONGEST_REASON:
        raise Refused(_("原因不超过 %(limit)s 字。") % {"limit": LONGEST_REASON}, field="reason")
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
                comment=comment, key=key, kind=kind, text=text, reason=reason, staff=actor,
                asked_at=now, due_at=now,
            )  # fmt: skip
    except IntegrityError as error:
        raise Refused(_("上一个操作还在执行，请稍候。")) from error
    audit.record(
        actor, f"comment.{kind}", comment, now=now, agency=comment.article.account.agency,
        reason=reason,
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
    comment.changed_at = now
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
    comment.assigned_to, comment.changed_at = to, now
    comment.save(update_fields=["assigned_to", "changed_at"])
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
    comment.done_at, comment.changed_at = now if is_done else None, now
    comment.save(update_fields=["done_at", "changed_at"])
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
