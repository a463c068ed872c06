"""Pictures: kept when she chooses them, joined to what she files, gone when she leaves."""

import secrets
from collections.abc import Sequence
from datetime import datetime

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils.translation import gettext as _

from minxin.citizens.models import Citizen
from minxin.core.errors import Refused
from minxin.core.pictures import encoded_anew
from minxin.tickets import queries
from minxin.tickets.models import Attachment, Ticket, TicketEvent
from minxin.tickets.rules import (
    MOST_PICTURES,
    MOST_PICTURES_IN_ALL,
    MOST_PICTURES_WAITING,
    PICTURES_WAIT,
)

AT_ONCE = 500


def keep_picture(content: bytes, *, actor: Citizen, now: datetime) -> Attachment:
    """Keep a picture that she chose, encoded anew, until she files it or a day has passed.

    The same picture again is the one she has already. Encoding and storing hold no database. Raises
    `Refused` (field `pictures`): not a picture, too large, too many that were never filed.
    """
    waiting = queries.waiting_pictures(actor)
    if waiting.count() >= MOST_PICTURES_WAITING:
        raise Refused(_("您上传的图片太多，还没有提交。请先提交，或过一天再试。"), field="pictures")
    made = encoded_anew(content)
    known = waiting.filter(sha256=made.sha256).first()
    if known is not None:
        return known
    kept = Attachment(
        code=secrets.token_urlsafe(18), citizen=actor, sha256=made.sha256, bytes=len(made.content),
        width=made.width, height=made.height, added_at=now,
    )  # fmt: skip
    kept.file.save(f"{made.sha256[:16]}.jpg", ContentFile(made.content), save=False)
    try:
        kept.save()
    except BaseException:
        kept.file.delete(save=False)
        raise
    return kept


@transaction.atomic
def drop_picture(code: str, *, actor: Citizen, now: datetime) -> None:
    """She takes a picture away that she has not filed yet; one that is not there is no error."""
    for each in queries.waiting_pictures(actor).filter(code=code).select_for_update():
        _remove_files([each])
        each.delete()


def attach(
    ticket: Ticket,
    codes: Sequence[str],
    *,
    actor: Citizen,
    event: TicketEvent | None = None,
) -> int:
    """Join her waiting pictures to a ticket that the caller has made or holds locked; how many.

    Raises `Refused` (field `pictures`) when there are too many, or one is not there any more.
    """
    wanted = list(dict.fromkeys(codes))
    if not wanted:
        return 0
    if len(wanted) > MOST_PICTURES:
        raise Refused(_("一次最多 %(most)s 张图片。") % {"most": MOST_PICTURES}, field="pictures")
    there = set(Attachment.objects.filter(ticket=ticket).values_list("sha256", flat=True))
    if len(there) + len(wanted) > MOST_PICTURES_IN_ALL:
        raise Refused(
            _("这件诉求的图片已经太多，最多 %(most)s 张。") % {"most": MOST_PICTURES_IN_ALL},
            field="pictures",
        )
    found = {
        each.code: each
        for each in queries.waiting_pictures(actor).filter(code__in=wanted).select_for_update()
    }
    if len(found) < len(wanted):
        raise Refused(_("有图片已经失效（上传后一天没有提交），请重新选择图片。"), field="pictures")
    joined = 0
    for code in wanted:  # in the order in which she chose them
        each = found[code]
        if each.sha256 in there:
            _remove_files([each])
            each.delete()
            continue
        there.add(each.sha256)
        each.ticket, each.event = ticket, event
        each.save(update_fields=["ticket", "event"])
        joined += 1
    return joined


def take_out(rows: Sequence[Attachment]) -> None:
    """Pictures that moved into the register of reports of wrongdoing: their rows and files go."""
    _remove_files(rows)
    Attachment.objects.filter(pk__in=[each.pk for each in rows]).delete()


def remove_pictures_of(citizen_key: str, *, now: datetime) -> None:
    """A citizen unfollowed: the files of her pictures go; of those on tickets the row stays, without her."""
    hers = Attachment.objects.filter(citizen=citizen_key)
    waiting = list(hers.filter(ticket=None))
    _remove_files(waiting)
    Attachment.objects.filter(pk__in=[each.pk for each in waiting]).delete()
    on_tickets = hers.filter(removed_at=None)
    gone = list(on_tickets)
    on_tickets.update(removed_at=now)
    hers.update(citizen=None)
    _remove_files(gone)


def forget_pictures(*, now: datetime) -> int:
    """Remove what was uploaded and not filed within a day, and files that a stopped process left
    behind; how many."""
    late = Attachment.objects.filter(ticket=None, added_at__lt=now - PICTURES_WAIT)
    rows = list(late.order_by("pk")[:AT_ONCE])
    for each in rows:
        with transaction.atomic():
            held = late.filter(pk=each.pk).select_for_update().first()
            if held is not None:  # filed a moment ago
                _remove_files([held])
                held.delete()
    left = list(Attachment.objects.filter(removed_at__isnull=False).exclude(file="")[:AT_ONCE])
    _remove_files(left)
    return len(rows) + len(left)


def _remove_files(rows: Sequence[Attachment]) -> None:
    """Once the transaction stands, the storage lets go of these files, and the rows say so."""

    def removed() -> None:
        for each in rows:
            if each.file:
                each.file.delete(save=False)
        Attachment.objects.filter(pk__in=[each.pk for each in rows]).update(file="")

    transaction.on_commit(removed)
