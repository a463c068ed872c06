"""Who owes an answer to what many ask: the responsibility list says so; knowledge itself knows no tickets."""

from collections import Counter
from collections.abc import Callable
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django_tasks import task

from minxin.agencies.actions import notify_staff
from minxin.agencies.models import Agency
from minxin.agencies.queries import staff_with
from minxin.agencies.rules import Permission
from minxin.core.actors import System
from minxin.core.errors import Refused
from minxin.knowledge.actions.intents import assign_intent
from minxin.knowledge.models import Intent
from minxin.knowledge.queries.intents import waiting_for_an_owner
from minxin.tickets.queries.responsibilities import lines_in_force
from minxin.tickets.rules.responsibilities import lines_for

SYSTEM = System("learning")
AT_ONCE = 200


def wake() -> None:
    """Let a worker look owners up, where some are missing."""
    if waiting_for_an_owner(1):
        find_owners.enqueue()


@task()
def find_owners() -> None:
    """The task queue's way in."""
    work()


def work(*, clock: Callable[[], datetime] = timezone.now) -> int:
    """Assign open intents without an owner by the list in force; where it names nobody, the agency that was
    asked. Each owner's editors are told once. How many were assigned."""
    now = clock()
    version, lines = lines_in_force(timezone.localdate(now))
    count = 0
    told: Counter[int] = Counter()
    after = 0
    while waiting := waiting_for_an_owner(AT_ONCE, after=after):
        after = waiting[-1].pk
        for intent in waiting:
            found = lines_for(lines, text=intent.title, place="")
            asked = in_use(intent.agency)
            if asked is None:
                continue
            owner, by, basis = asked, Intent.OwnerBy.ACCOUNT, _("职责清单没有对应的事项")
            if found and version is not None:
                owner = Agency.objects.get(pk=found[0].line.agency)
                by = Intent.OwnerBy.LIST
                basis = _("职责清单第 %(version)s 版：%(words)s") % {
                    "version": version.pk,
                    "words": "、".join(found[0].words),
                }
            try:
                assign_intent(intent, owner, by=by, basis=basis, actor=SYSTEM, now=now)
            except Refused:  # closed meanwhile, or a person was faster
                continue
            told[owner.pk] += 1
            count += 1
    for number, how_many in sorted(told.items()):
        people = staff_with(Permission.EDIT_KNOWLEDGE, Agency.objects.get(pk=number))
        words = gettext_noop("有 %(count)s 个市民常问的问题要由您的单位补充知识") % {
            "count": how_many
        }
        notify_staff(people, kind="review.intents", text=words, link="/console/intents/", now=now)
    return count


def in_use(agency: Agency) -> Agency | None:
    """The agency, or the nearest above it that is still in use."""
    above: Agency | None = agency
    while above is not None and not above.is_active:
        above = above.parent
    return above
