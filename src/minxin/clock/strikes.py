"""What the schedule does: each strike is one call into a room."""

from datetime import datetime

from django.conf import settings
from django.core.management import call_command
from django.db import transaction

from minxin.accounts import tasks as accounts
from minxin.accounts.actions import forget_register_imports
from minxin.accounts.actions import remind_of_filings as tell_due_filings
from minxin.accounts.tasks import importing as registers
from minxin.agencies import actions as agencies
from minxin.agencies.actions import notify_staff
from minxin.agencies.queries import staff_with
from minxin.agencies.rules import Permission
from minxin.citizens.actions import unfollow
from minxin.citizens.queries import to_erase
from minxin.conversations import actions as conversations
from minxin.conversations import tasks as conversation_tasks
from minxin.core.actors import System
from minxin.knowledge import conflicts, learning, validity
from minxin.knowledge.actions import forget_asker, forget_imports, forget_originals, note_citing
from minxin.knowledge.actions.own_model import forget_calls
from minxin.knowledge.queries import due_basis_reviews, due_reviews
from minxin.knowledge.queries.conflicts import due_conflicts
from minxin.knowledge.queries.intents import due_intents
from minxin.knowledge.tasks import forget_superseded_changes, wake_stalled
from minxin.reports import tasks as reports
from minxin.supervision import backtesting, patrolling, probing, scanning, signing
from minxin.supervision import tasks as supervision
from minxin.supervision.actions import probing as probes
from minxin.supervision.actions import remind
from minxin.supervision.actions.patrols import forget_patrols
from minxin.supervision.queries.lookback import items_naming
from minxin.tickets import actions as tickets
from minxin.tickets import (
    intent_owners,
    responsibility_importing,
    router_training,
    ticket_importing,
)
from minxin.tickets import tasks as ticket_tasks
from minxin.tickets.actions.responsibility_imports import forget_responsibility_imports
from minxin.tickets.actions.ticket_imports import forget_ticket_imports
from minxin.tickets.actions.webhooks import forget_deliveries as forget_webhook_deliveries
from minxin.tickets.queries.responsibilities import duties_based_on


def hand_back_idle_dialogues(now: datetime) -> None:
    """A conversation that staff left alone returns to the machine."""
    conversations.hand_back_idle(now=now)


def forget_outside_contacts(now: datetime) -> None:
    """Who was named with requests of other systems is not kept for ever."""
    tickets.forget_outside_contacts(keep_days=settings.MINXIN_OUTSIDE_CONTACT_DAYS, now=now)


def expire_malicious_marks(now: datetime) -> None:
    """Marks 恶意 hold no longer than it was decided."""
    tickets.expire_malicious(now=now)


def close_silently_accepted_tickets(now: datetime) -> None:
    """An answer that nobody complained about for a week counts as accepted."""
    tickets.close_silently_accepted(now=now)


def ask_surveys(now: datetime) -> None:
    """Citizens are asked independently, days after closing."""
    tickets.ask_surveys(ticket_tasks.survey_page, now=now)


def archive_closed_tickets(now: datetime) -> None:
    """What nobody may ask again is laid into the archive."""
    tickets.archive_closed(now=now)


def read_comments(now: datetime) -> None:
    """Comments under articles are asked for, by the workers."""
    conversation_tasks.wake_comments(now)


def carry_out_comments(now: datetime) -> None:
    """What waits to be done about comments is done, by the workers."""
    conversation_tasks.wake_comment_acts(now)


def keep_neighbours(now: datetime) -> None:
    """New tickets go into the index, and who waits with a lead ticket hears what happened to it."""
    ticket_tasks.wake(now=now)


def check_ticket_figures(now: datetime) -> None:
    """Every row that figures of tickets count is made sure of."""
    ticket_tasks.wake_check(now=now)


def escalate_tickets(now: datetime) -> None:
    """Tickets whose limit is near or past go up the ladder, by the workers."""
    ticket_tasks.wake_escalations(now=now)


def remind_of_reviews(now: datetime) -> None:
    """Entries past their review date, or about to expire, are told to their editors."""
    for agency, count in due_reviews(now.date()):
        people = staff_with(Permission.EDIT_KNOWLEDGE, agency)
        words = f"有 {count} 条知识需要复核或即将失效"
        notify_staff(people, kind="review", text=words, link="/console/knowledge/?due=1", now=now)


def keep_basis_reviews(now: datetime) -> None:
    """A worker finds what cites documents that end; what other rooms keep is pushed to it from here."""
    validity.wake()
    for document, ending in validity.lately_ended(now.date()):
        phrase = f"《{document.title.strip('《》')}》"
        cited = [
            validity.cited_article(item.pk, item.account.agency_id, str(item))
            for item in items_naming(phrase)
        ]
        cited += [
            validity.cited_duty(duty.pk, duty.agency_id, str(duty))
            for duty in duties_based_on(phrase, now.date())
        ]
        note_citing(document, cited, ending, now=now)


def remind_of_basis_reviews(now: datetime) -> None:
    """What cites an ended document and is due is told to its editors."""
    for agency, count in due_basis_reviews(now.date()):
        people = staff_with(Permission.EDIT_KNOWLEDGE, agency)
        words = f"有 {count} 处内容引用的文件已失效，核对到期"
        notify_staff(people, words, kind="review.basis", link="/console/basis/", now=now)


def keep_conflicts(now: datetime) -> None:
    """A worker compares what agencies say on the same matter."""
    conflicts.wake()


def remind_of_conflicts(now: datetime) -> None:
    """Whose text was to be corrected by today is told once more."""
    for agency, count in due_conflicts(now.date()):
        people = staff_with(Permission.EDIT_KNOWLEDGE, agency)
        words = f"有 {count} 处说法不一的内容到了修改期限"
        notify_staff(people, words, kind="review.conflicts", link="/console/conflicts/", now=now)


def keep_intents(now: datetime) -> None:
    """A worker puts what was asked and not known together, and counts."""
    learning.wake()


def find_intent_owners(now: datetime) -> None:
    """What many ask finds the agency that owes an answer: knowledge does not know the responsibility list."""
    intent_owners.wake()


def remind_of_intents(now: datetime) -> None:
    """What many ask and is due within three days, or overdue, is told to the editors who owe it."""
    for agency, count in due_intents(now.date()):
        people = staff_with(Permission.EDIT_KNOWLEDGE, agency)
        words = f"有 {count} 类市民常问的问题临近或超过补充期限"
        link = "/console/intents/?due=1"
        notify_staff(people, kind="review.intents", text=words, link=link, now=now)


def remind_of_filings(now: datetime) -> None:
    """Filings of accounts due today or on the next working day are told to whose turn it is."""
    tell_due_filings(now=now)


def wake_stalled_imports(now: datetime) -> None:
    """A sheet whose worker died is taken up again."""
    wake_stalled(now=now)
    registers.wake_stalled(now=now)
    patrolling.wake_stalled(now=now)
    responsibility_importing.wake_stalled(now=now)
    ticket_importing.wake_stalled(now=now)


def wake_stalled_backtests(now: datetime) -> None:
    """A rule being tried on the past, or a router that learns, whose worker died is taken up again."""
    backtesting.wake_stalled(now=now)
    router_training.wake_stalled(now=now)


def draft_weekly_reports(now: datetime) -> None:
    """Last week's report of requests is drafted for the agencies that ordered it."""
    reports.draft_weekly(now=now)


def wake_stalled_batches(now: datetime) -> None:
    """An answer to many whose worker died goes on."""
    ticket_tasks.wake_stalled_batches(now=now)


def wake_stalled_documents(now: datetime) -> None:
    """Files whose worker died are made by another."""
    reports.wake_stalled(now=now)


def forget_old_imports(now: datetime) -> None:
    """Uploaded sheets that nobody confirmed are removed after a week."""
    forget_imports(now=now)
    forget_originals(now=now)
    forget_register_imports(now=now)
    forget_patrols(now=now)
    forget_responsibility_imports(now=now)
    forget_ticket_imports(now=now)


def forget_model_calls(now: datetime) -> None:
    """What the city's own model was asked is deleted after as long as its settings say."""
    forget_calls(now=now)


def forget_deliveries(now: datetime) -> None:
    """What webhooks were told long ago is removed."""
    forget_webhook_deliveries(now=now)


def erase_who_left(now: datetime) -> None:
    """Whoever unfollowed and was not erased then (a worker that stopped) is erased now, each in a
    transaction of her own; one who follows again meanwhile stays."""
    for key, at in to_erase().values_list("key", "unfollowed_at"):
        with transaction.atomic():
            if unfollow(key, at=at, actor=System("clock"), now=now):
                conversations.erase_text(key)
                tickets.unlink_citizen(key, now=now)
                forget_asker(key)


def resume_unanswered_tickets(now: datetime) -> None:
    """Clocks that waited for citizens whose time is over run again."""
    tickets.resume_unanswered(now=now)


def forget_pictures(now: datetime) -> None:
    """Pictures that were uploaded and not filed, and files left behind, are removed."""
    tickets.forget_pictures(now=now)


def forget_index_changes(now: datetime) -> None:
    """Changes of entries that a later change of the same entry makes needless are removed."""
    forget_superseded_changes()


def ask_quotas(now: datetime) -> None:
    """What WeChat counts of every account is asked and taken over by the workers."""
    accounts.ask_all_quotas()


def examine_accounts(now: datetime) -> None:
    """Every connected account is checked, by the workers."""
    accounts.examine_all()


def finish_authorizations(now: datetime) -> None:
    """An authorisation whose process was stopped is finished."""
    accounts.finish_authorizations(now=now)


def forget_reminders(now: datetime) -> None:
    """Reminders that were kept long enough are deleted."""
    agencies.forget_reminders(keep_days=settings.MINXIN_REMINDER_DAYS, now=now)


def read_updates(now: datetime) -> None:
    """Workers ask WeChat what every connected account published."""
    supervision.read_all()


def keep_figures(now: datetime) -> None:
    """A worker counts what every account published, by days."""
    supervision.keep_figures()


def wake_figures(now: datetime) -> None:
    """Figures that were never complete, and whose worker died, are taken up again."""
    supervision.wake_figures()


def evaluate_updates(now: datetime) -> None:
    """The update clock looks at every account."""
    supervision.evaluate_all(now=now)


def evaluate_new_accounts(now: datetime) -> None:
    """Accounts that were registered or imported since are looked at."""
    supervision.evaluate_new(now=now)


def remind_of_updates(now: datetime) -> None:
    """Whose accounts grew more pressing hears of it, once, on a working day."""
    remind(now=now)


def wake_stalled_signings(now: datetime) -> None:
    """A signed campaign whose worker died has the rest of its findings opened."""
    signing.wake_stalled(now=now)


def wake_stalled_scans(now: datetime) -> None:
    """A scan of published texts whose worker died is taken up again."""
    scanning.wake_stalled(now=now)


def look_back_at_new_items(now: datetime) -> None:
    """What was kept since a list's last scan is looked through."""
    scanning.look_at_new_items(now=now)


def plan_probes(now: datetime) -> None:
    """Every account in reach gets its run of the day."""
    probes.plan_probes(now=now)


def wake_due_probes(now: datetime) -> None:
    """Runs whose time has come are begun, and those whose worker died are taken up again."""
    probing.wake_due(now=now)


def forget_probes(now: datetime) -> None:
    """Runs of more than a year ago are removed."""
    probes.forget_probes(now=now)


def plan_reminders(now: datetime) -> None:
    """Pending notices become one message a person."""
    agencies.plan_reminders(now=now)


def tell_asked_fields(now: datetime) -> None:
    """What waited for this week's budget is told."""
    agencies.tell_asked(now=now)


def compare_handovers(now: datetime) -> None:
    """A worker compares what was handed over with every platform."""
    ticket_tasks.compare_handovers.enqueue()


def forget_writes(now: datetime) -> None:
    """Answers of the open API that were kept long enough are removed."""
    agencies.forget_writes(now=now)


def forget_sessions(now: datetime) -> None:
    """Expired sessions are removed."""
    call_command("clearsessions")
