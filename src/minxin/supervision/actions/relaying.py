"""Relay tasks: given out, done by an item that the system found or a person named, called off."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from minxin.accounts.models import Account
from minxin.accounts.rules import LISTENING
from minxin.agencies import audit
from minxin.agencies.actions import notify_staff
from minxin.agencies.models import Agency, Staff
from minxin.agencies.queries import ensure_may, staff_who_may, staff_with
from minxin.agencies.rules import Permission
from minxin.core.actors import Actor
from minxin.core.errors import Refused
from minxin.supervision.indicators.owed import TOLD_FOR
from minxin.supervision.models import PublishedItem, RelayAssignment, RelayTask
from minxin.supervision.queries.duties import published_near
from minxin.supervision.rules.clock import SKEW
from minxin.supervision.rules.proofs import LINK
from minxin.supervision.rules.rectification import SHORTEST_REASON
from minxin.supervision.rules.relaying import BEFORE, first_relay

MOST_ACCOUNTS = 500  # of one task
TOLD = gettext_noop("请转载《%(title)s》，期限 %(due)s。")
PAGE = "/console/duties/relay/%s/"
How = RelayAssignment.How


@transaction.atomic
def add_relay_task(
    *, agency: Agency, title: str, source_url: str = "", level: str, issued_by: str,
    due_at: datetime, accounts: Sequence[Account], actor: Staff, now: datetime,
) -> RelayTask:  # fmt: skip
    """Give out a task to accounts below the agency; their units are told, and what they have published
    already is matched at once. Raises `NotFound`, `Refused`."""
    ensure_may(actor, Permission.CONFIRM_CANDIDATES, agency)
    title, source_url, issued_by = title.strip(), source_url.strip(), issued_by.strip()
    if len(title) < SHORTEST_REASON:
        raise Refused(_("请写明要转载的信息的标题，至少 4 个字。"), field="title")
    if source_url and not LINK.fullmatch(source_url):
        raise Refused(_("链接要以 http:// 或 https:// 开头。"), field="source_url")
    if not issued_by:
        raise Refused(_("请填写原文由哪个单位发布。"), field="issued_by")
    if due_at <= now:
        raise Refused(_("转载期限要晚于现在。"), field="due_at")
    chosen = {each.pk: each for each in accounts}
    if not chosen:
        raise Refused(_("请至少选一个账号。"), field="accounts")
    if len(chosen) > MOST_ACCOUNTS:
        words = _("一件任务最多下达给 %(most)s 个账号。")
        raise Refused(words % {"most": MOST_ACCOUNTS}, field="accounts")
    for each in chosen.values():
        if not each.agency.path.startswith(agency.path):
            raise Refused(_("有账号不在下达单位的范围内，请重新选择。"), field="accounts")
        if each.status not in LISTENING:
            raise Refused(_("有账号已经注销，请重新选择。"), field="accounts")
    task = RelayTask.objects.create(
        agency=agency, title=title[:200], source_url=source_url, level=RelayTask.Level(level),
        issued_by=issued_by[:100], due_at=due_at, created_at=now, created_by=actor,
    )  # fmt: skip
    RelayAssignment.objects.bulk_create(
        RelayAssignment(task=task, account=each) for each in chosen.values()
    )
    after = {"title": task.title, "due_at": due_at, "accounts": len(chosen)}
    audit.record(actor, "relay_task.added", task, agency=agency, after=after, now=now)
    _tell(task, chosen.values(), now)
    match_relays(task, actor=actor, now=now)
    return task


def _tell(task: RelayTask, accounts: Iterable[Account], now: datetime) -> None:
    due = f"{timezone.localtime(task.due_at):%Y-%m-%d %H:%M}"
    words = TOLD % {"title": task.title[:60], "due": due}
    link = PAGE % task.pk
    for agency in {each.agency_id: each.agency for each in accounts}.values():
        people = staff_with(Permission.RECORD_UPDATES, agency)
        if not people.exists():
            people = staff_who_may(Permission.RECORD_UPDATES, agency)
        notify_staff(people, words, kind="relay", link=link, now=now)


@transaction.atomic
def match_relays(task: RelayTask, *, actor: Actor, now: datetime) -> int:
    """Mark what has been relayed beyond doubt by an item that is kept; how many were found.

    What is only alike is left for a person. A task that was called off is left alone.
    """
    if task.cancelled_at is not None:
        return 0
    rows = list(
        RelayAssignment.objects.select_for_update(of=("self",))
        .filter(task=task, done_at=None, is_left_to_people=False)
        .select_related("account__agency")
    )
    items = published_near(task, [each.account_id for each in rows])
    found = 0
    for row in rows:
        item = first_relay(task.title, task.source_url, items.get(row.account_id, ()))
        if item is None:
            continue
        row.item_id, row.done_at, row.link = item.number, item.at, item.url
        row.how, row.marked_at, row.marked_by = How.MATCHED, now, None
        row.save()
        found += 1
        after = {"task": task.pk, "item": item.number, "done_at": item.at}
        audit.record(actor, "relay_task.matched", row.account, after=after, now=now)
    return found


@transaction.atomic
def mark_relayed(
    assignment: RelayAssignment, *, link: str, done_at: datetime, actor: Staff, now: datetime
) -> None:
    """This person says that the account relayed it there and then. Raises `NotFound`, `Refused`."""
    row = _open(assignment, actor)
    link = link.strip()
    if not LINK.fullmatch(link):
        raise Refused(_("请填写账号转载后的链接，以 http:// 或 https:// 开头。"), field="link")
    if done_at > now + SKEW:
        raise Refused(_("转载时间不能晚于现在。"), field="done_at")
    if done_at < row.task.created_at - BEFORE:
        raise Refused(_("转载时间早于任务下达 3 天以上，请核对。"), field="done_at")
    _mark(row, link, min(done_at, now), None, actor, now)


@transaction.atomic
def accept_match(
    assignment: RelayAssignment, item: PublishedItem, *, actor: Staff, now: datetime
) -> None:
    """This person says that an item which is only alike relays it. Raises `NotFound`, `Refused`."""
    row = _open(assignment, actor)
    if item.account_id != row.account_id:
        raise Refused(_("这篇内容属于另一个账号。"))
    _mark(row, item.url, item.published_at, item, actor, now)


def _open(assignment: RelayAssignment, actor: Staff) -> RelayAssignment:
    row = (
        RelayAssignment.objects.select_for_update(of=("self",))
        .select_related("task", "account__agency")
        .get(pk=assignment.pk)
    )
    ensure_may(actor, Permission.RECORD_UPDATES, row.account.agency)
    if row.task.cancelled_at is not None:
        raise Refused(_("这件转载任务已经取消。"))
    if row.done_at is not None:
        raise Refused(_("这个账号已经登记过转载，请刷新页面。"))
    return row


def _mark(
    row: RelayAssignment, link: str, done_at: datetime, item: PublishedItem | None, actor: Staff,
    now: datetime,
) -> None:  # fmt: skip
    row.link, row.done_at, row.item, row.how = link[:500], done_at, item, How.BY_HAND
    row.marked_at, row.marked_by = now, actor
    row.save()
    after = {"task": row.task_id, "link": row.link, "done_at": done_at}
    audit.record(actor, "relay_task.marked", row.account, after=after, now=now)


@transaction.atomic
def unmark_relayed(
    assignment: RelayAssignment, *, reason: str, actor: Staff, now: datetime
) -> None:
    """Who supervises says that what was marked is no relay, and why; from then on only people mark this
    account. Raises `NotFound`, `Refused`."""
    row = (
        RelayAssignment.objects.select_for_update(of=("self",))
        .select_related("account__agency")
        .get(pk=assignment.pk)
    )
    ensure_may(actor, Permission.CONFIRM_CANDIDATES, row.account.agency)
    _reasoned(reason)
    if row.done_at is None:
        raise Refused(_("这个账号还没有登记转载。"))
    before = {"link": row.link, "done_at": row.done_at, "how": row.how}
    row.link, row.done_at, row.item, row.how = "", None, None, ""
    row.marked_at, row.marked_by, row.is_left_to_people = None, None, True
    row.save()
    audit.record(
        actor, "relay_task.unmarked", row.account, before=before, after={"task": row.task_id},
        reason=reason.strip(), now=now,
    )  # fmt: skip


@transaction.atomic
def cancel_relay_task(task: RelayTask, *, reason: str, actor: Staff, now: datetime) -> None:
    """Call a task off: it counts in no rate any more. Raises `NotFound`, `Refused`."""
    ensure_may(actor, Permission.CONFIRM_CANDIDATES, task.agency)
    _reasoned(reason)
    row = RelayTask.objects.select_for_update().get(pk=task.pk)
    if row.cancelled_at is not None:
        raise Refused(_("这件转载任务已经取消。"))
    row.cancelled_at, row.cancelled_by, row.reason = now, actor, reason.strip()[:300]
    row.save()
    audit.record(
        actor, "relay_task.cancelled", row, agency=task.agency, after={"title": row.title},
        reason=row.reason, now=now,
    )  # fmt: skip


def _reasoned(reason: str) -> None:
    if len(reason.strip()) < SHORTEST_REASON:
        raise Refused(_("请写明理由，至少 4 个字。"), field="reason")


def match_all_relays(*, actor: Actor, now: datetime) -> int:
    """Match every task that an account has not done, as long as it is told of; how many were found."""
    tasks = RelayTask.objects.filter(
        cancelled_at=None, due_at__gt=now - TOLD_FOR, assignments__done_at=None
    ).distinct()
    return sum(match_relays(each, actor=actor, now=now) for each in tasks)
