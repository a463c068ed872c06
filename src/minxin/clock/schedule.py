"""SCHEDULE: everything that happens because time passes.

Every action may run twice without harm (two clocks, a restart): the rooms' own keys see to that.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from minxin.clock import strikes


@dataclass(frozen=True, slots=True)
class Every:
    """Again and again, this long after the last strike; at once when the clock starts."""

    span: timedelta

    def next_after(self, last: datetime | None, now: datetime) -> datetime:
        return now if last is None else last + self.span

    def __str__(self) -> str:
        return f"every {self.span}"


@dataclass(frozen=True, slots=True)
class DailyAt:
    """Once a day at this local time; a clock that starts later on strikes at once."""

    at: time

    def next_after(self, last: datetime | None, now: datetime) -> datetime:
        today = now.replace(
            hour=self.at.hour, minute=self.at.minute, second=self.at.second, microsecond=0
        )
        if last is None or last < today:
            return today
        return today + timedelta(days=1)

    def __str__(self) -> str:
        return f"daily {self.at:%H:%M}"


@dataclass(frozen=True, slots=True)
class WeeklyAt:
    """Once a week on this day (0: Monday) at this local time; a clock that starts later in the week strikes
    at once."""

    weekday: int
    at: time

    def next_after(self, last: datetime | None, now: datetime) -> datetime:
        day = now - timedelta(days=(now.weekday() - self.weekday) % 7)
        this = day.replace(
            hour=self.at.hour, minute=self.at.minute, second=self.at.second, microsecond=0
        )
        if last is None or last < this:
            return this
        return this + timedelta(days=7)

    def __str__(self) -> str:
        days = ("Mondays", "Tuesdays", "Wednesdays", "Thursdays", "Fridays", "Saturdays", "Sundays")
        return f"{days[self.weekday]} {self.at:%H:%M}"


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the schedule. `action` takes the time it was struck, local and aware."""

    name: str
    when: Every | DailyAt | WeeklyAt
    action: Callable[[datetime], None]
    purpose: str


SCHEDULE: tuple[Entry, ...] = (
    Entry(
        "hand_back_idle_dialogues",
        Every(timedelta(minutes=1)),
        strikes.hand_back_idle_dialogues,
        "a conversation that staff left alone returns to the machine",
    ),
    Entry(
        "close_silently_accepted_tickets",
        Every(timedelta(minutes=10)),
        strikes.close_silently_accepted_tickets,
        "an answer that nobody complained about for a week, or as long as the agency waits, counts as accepted",
    ),
    Entry(
        "ask_surveys",
        Every(timedelta(minutes=10)),
        strikes.ask_surveys,
        "citizens are asked independently of the agency, as many days after closing as it was decided",
    ),
    Entry(
        "archive_closed_tickets",
        Every(timedelta(minutes=10)),
        strikes.archive_closed_tickets,
        "closed tickets that nobody may ask again any more are archived",
    ),
    Entry(
        "forget_outside_contacts",
        DailyAt(time(3, 20)),
        strikes.forget_outside_contacts,
        "names and numbers of requests that other systems passed on are erased MINXIN_OUTSIDE_CONTACT_DAYS after their ticket was over",
    ),
    Entry(
        "expire_malicious_marks",
        Every(timedelta(minutes=10)),
        strikes.expire_malicious_marks,
        "a mark 恶意 holds no longer than the agency decided; the ticket stays ended, the mark is shown no more",
    ),
    Entry(
        "keep_neighbours",
        Every(timedelta(seconds=10)),
        strikes.keep_neighbours,
        "new tickets find their agency and go into the index of near duplicates; who waits with a lead ticket hears what happened to it; figures follow",
    ),
    Entry(
        "read_comments",
        Every(timedelta(minutes=1)),
        strikes.read_comments,
        "WeChat is asked for the comments under articles of the last thirty days, the younger the more often",
    ),
    Entry(
        "carry_out_comments",
        Every(timedelta(seconds=10)),
        strikes.carry_out_comments,
        "a reply to a comment that waits, or whose worker died, is looked for and said once",
    ),
    Entry(
        "check_ticket_figures",
        DailyAt(time(3, 50)),
        strikes.check_ticket_figures,
        "every row that figures of tickets count is made sure of",
    ),
    Entry(
        "wake_stalled_imports",
        Every(timedelta(minutes=1)),
        strikes.wake_stalled_imports,
        "an imported sheet whose worker died is taken up again",
    ),
    Entry(
        "draft_weekly_reports",
        WeeklyAt(0, time(7, 30)),
        strikes.draft_weekly_reports,
        "last week's report of requests is drafted for the agencies that ordered it; off until they do",
    ),
    Entry(
        "wake_stalled_batches",
        Every(timedelta(minutes=1)),
        strikes.wake_stalled_batches,
        "one answer to many tickets whose worker died goes on where it was",
    ),
    Entry(
        "wake_stalled_documents",
        Every(timedelta(minutes=1)),
        strikes.wake_stalled_documents,
        "the files of a document whose worker died are made by another",
    ),
    Entry(
        "wake_stalled_backtests",
        Every(timedelta(minutes=1)),
        strikes.wake_stalled_backtests,
        "a rule being tried on the past, or a router that learns, whose worker died is taken up again",
    ),
    Entry(
        "escalate_tickets",
        Every(timedelta(minutes=1)),
        strikes.escalate_tickets,
        "tickets whose limit is near or past go up the ladder 提醒, 催办, 督办, each step once",
    ),
    Entry(
        "remind_of_reviews",
        DailyAt(time(8, 40)),
        strikes.remind_of_reviews,
        "entries past their review date or about to expire are told to their editors",
    ),
    Entry(
        "keep_basis_reviews",
        Every(timedelta(minutes=10)),
        strikes.keep_basis_reviews,
        "what cites a document that ends goes to its owner for review, each once; what ends no more is let be",
    ),
    Entry(
        "remind_of_basis_reviews",
        DailyAt(time(8, 41)),
        strikes.remind_of_basis_reviews,
        "what cites an ended document and is due for review is told to the editors who owe it",
    ),
    Entry(
        "keep_conflicts",
        DailyAt(time(4, 40)),
        strikes.keep_conflicts,
        "what two agencies say otherwise on the same matter is found; what agrees by now is closed",
    ),
    Entry(
        "remind_of_conflicts",
        DailyAt(time(8, 43)),
        strikes.remind_of_conflicts,
        "whose text was to be corrected by today because another agency says otherwise is told",
    ),
    Entry(
        "keep_intents",
        DailyAt(time(4, 20)),
        strikes.keep_intents,
        "unanswered questions that ask for the same are put together, demand and supply counted",
    ),
    Entry(
        "find_intent_owners",
        Every(timedelta(minutes=10)),
        strikes.find_intent_owners,
        "what many ask gets its agency from the responsibility list, and a due date",
    ),
    Entry(
        "remind_of_intents",
        DailyAt(time(8, 42)),
        strikes.remind_of_intents,
        "what many ask and is soon due is told to the editors who owe an answer",
    ),
    Entry(
        "remind_of_filings",
        DailyAt(time(8, 45)),
        strikes.remind_of_filings,
        "filings of accounts due today or on the next working day are told to whose turn it is",
    ),
    Entry(
        "forget_old_imports",
        DailyAt(time(3, 20)),
        strikes.forget_old_imports,
        "uploaded sheets that nobody confirmed are removed after a week",
    ),
    Entry(
        "forget_deliveries",
        DailyAt(time(3, 25)),
        strikes.forget_deliveries,
        "what webhooks of tickets were told half a year ago is removed",
    ),
    Entry(
        "erase_who_left",
        Every(timedelta(hours=1)),
        strikes.erase_who_left,
        "whoever unfollowed and was left behind by a stopped worker is erased",
    ),
    Entry(
        "resume_unanswered_tickets",
        Every(timedelta(minutes=10)),
        strikes.resume_unanswered_tickets,
        "a ticket's clock that waited for its citizen runs again when her time is over",
    ),
    Entry(
        "forget_pictures",
        Every(timedelta(hours=1)),
        strikes.forget_pictures,
        "pictures uploaded and not filed within a day are removed, and files that a stopped process left behind",
    ),
    Entry(
        "forget_index_changes",
        DailyAt(time(3, 30)),
        strikes.forget_index_changes,
        "changes of entries that a later change of the same entry makes needless are removed",
    ),
    Entry(
        "ask_quotas",
        DailyAt(time(3, 40)),
        strikes.ask_quotas,
        "WeChat is asked for the true quotas of every account, and the ledger takes them over",
    ),
    Entry(
        "examine_accounts",
        DailyAt(time(2, 30)),
        strikes.examine_accounts,
        "every connected account is checked; what is found appears where its operator looks",
    ),
    Entry(
        "finish_authorizations",
        Every(timedelta(minutes=1)),
        strikes.finish_authorizations,
        "an account's authorisation whose process was stopped is finished",
    ),
    Entry(
        "evaluate_updates",
        DailyAt(time(6, 0)),
        strikes.evaluate_updates,
        "relays are matched; every account is weighed by all indicators, the update clock kept for the day",
    ),
    Entry(
        "keep_figures",
        DailyAt(time(4, 10)),
        strikes.keep_figures,
        "what every account published is counted by days, from all that was told since the last night",
    ),
    Entry(
        "wake_figures",
        Every(timedelta(minutes=5)),
        strikes.wake_figures,
        "daily figures that were never complete are made from the beginning, or taken up where a worker died",
    ),
    Entry(
        "evaluate_new_accounts",
        Every(timedelta(seconds=10)),
        strikes.evaluate_new_accounts,
        "accounts registered or imported a moment ago need not wait for the morning",
    ),
    Entry(
        "read_updates",
        DailyAt(time(8, 10)),
        strikes.read_updates,
        "WeChat is asked what every connected account published, and those are evaluated again",
    ),
    Entry(
        "remind_of_updates",
        DailyAt(time(8, 35)),
        strikes.remind_of_updates,
        "one digest a working day to those whose accounts grew more pressing since the last one",
    ),
    Entry(
        "wake_stalled_signings",
        Every(timedelta(minutes=1)),
        strikes.wake_stalled_signings,
        "a signed campaign whose worker died has the rest of its findings opened",
    ),
    Entry(
        "wake_stalled_scans",
        Every(timedelta(minutes=1)),
        strikes.wake_stalled_scans,
        "a scan of published texts whose worker died is taken up again where it was",
    ),
    Entry(
        "look_back_at_new_items",
        DailyAt(time(9, 10)),
        strikes.look_back_at_new_items,
        "texts kept since the last scan of a word list are looked through",
    ),
    Entry(
        "plan_probes",
        DailyAt(time(7, 40)),
        strikes.plan_probes,
        "every account in reach gets one probe of its menu and its answers, spread over the day",
    ),
    Entry(
        "wake_due_probes",
        Every(timedelta(minutes=1)),
        strikes.wake_due_probes,
        "probes whose time has come are begun, a few a minute; one whose worker died is taken up again",
    ),
    Entry(
        "forget_probes",
        DailyAt(time(3, 50)),
        strikes.forget_probes,
        "probes older than a year are removed",
    ),
    Entry(
        "plan_reminders",
        Every(timedelta(minutes=1)),
        strikes.plan_reminders,
        "pending notices become one message a person, outside quiet hours and within her week's budget",
    ),
    Entry(
        "tell_asked_fields",
        DailyAt(time(8, 45)),
        strikes.tell_asked_fields,
        "what units were asked for and waited for this week's budget is told to them",
    ),
    Entry(
        "forget_reminders",
        DailyAt(time(3, 50)),
        strikes.forget_reminders,
        "reminders that ended are deleted after MINXIN_REMINDER_DAYS; how many is audited",
    ),
    Entry(
        "compare_handovers",
        DailyAt(time(6, 30)),
        strikes.compare_handovers,
        "what the city's platform has from us is held against what was handed over; differences are opened",
    ),
    Entry(
        "forget_writes",
        DailyAt(time(3, 25)),
        strikes.forget_writes,
        "answers of the open API that are kept for repeats are removed after a week",
    ),
    Entry(
        "forget_model_calls",
        DailyAt(time(3, 35)),
        strikes.forget_model_calls,
        "what the city's own model was asked and said is deleted after as many days as its settings say",
    ),
    Entry(
        "forget_sessions",
        DailyAt(time(3, 10)),
        strikes.forget_sessions,
        "expired sessions are removed",
    ),
)
