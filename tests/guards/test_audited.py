"""Every public function of a room's actions is audited, or says here why it is not."""

import ast
from pathlib import Path

import pytest

from tests.support.layers import ROOT

SOURCE = ROOT / "src" / "minxin"
# Function: why no audit entry. What citizens say and what machines keep is its own record.
EXEMPT = {
    "tickets.use_notice": "ask_surveys, of which it is a part, is audited",
    "accounts.claim_sheet": "who works on a job; starting and ending it are audited",
    "accounts.forget_register_imports": "finished jobs after their retention; what they wrote is audited",
    "accounts.forget_file": "part of ending a job, which is audited",
    "accounts.forget_rows": "what a comparison before found; matching the columns anew is audited",
    "accounts.forget_sheet_files": "finished jobs after their retention; what they wrote is audited",
    "accounts.hold": "who works on a job",
    "accounts.end": "a step of an action that is audited",
    "accounts.note": "a step of an action that is audited",
    "accounts.save_account": "a step of an action that is audited",
    "accounts.release_stalled_sheets": "who works on a job",
    "accounts.keep_results": "what the checks found; the rows are the record, asking for it is audited",
    "accounts.keep_ticket": "WeChat pushes one every ten minutes; the row says when",
    "agencies.begin_write": "part of a write that is audited by its own action",
    "agencies.end_write": "part of a write that is audited by its own action",
    "agencies.note_use": "when a key was last used; what was done with it is audited",
    "agencies.count_fields": "follows from a step that is audited; the row is its record",
    "agencies.notify_staff": "a notice tells of what was audited already",
    "tickets.keep_facts": "derived from tickets; what figures count",
    "tickets.reckon": "a step of an action that is audited",
    "tickets.reconsider": "when the ladder is looked at next; keeping the ladder is audited",
    "agencies.notify_many": "as notify_staff",
    "agencies.plan_reminders": "derived from notices; the rows are the record",
    "agencies.tell_asked": "asking was audited; the row says when it was told",
    "agencies.read_notices": "one's own reading changes nothing for anybody else",
    "conversations.note_article_done": "audited when it was asked for",
    "conversations.keep_comments": "the row is the record of what WeChat told",
    "conversations.note_done": "audited when it was asked for",
    "conversations.send": "the outgoing row is its record; the action that sends has its own entry",
    "conversations.erase_text": "part of citizens.unfollow, which is audited",
    "conversations.release_held": "follows from what a citizen said",
    "conversations.hand_back_idle": "follows from silence",
    "conversations.flag_urgent": "the citizen's own message is its record",
    "conversations.ask_for_person": "the citizen's own message is its record",
    "conversations.mark_read": "one's own reading changes nothing for anybody else",
    "conversations.count_uses": "part of answering, which is audited",
    "conversations.tell_out_of_hours": "the citizen's own message is its record",
    "conversations.end_handover": "part of closing or handing back, which is audited",
    "conversations.note_writing": "a hint for seconds; nothing of it stays",
    "conversations.move_cursor": "a bookmark of the worker",
    "conversations.note_delivered": "history of the demo city",
    "conversations.note_history_delivered": "history of the demo city",
    "conversations.keep_inbox": "derived from messages",
    "knowledge.claim_import": "who works on a job; starting and ending it are audited",
    "knowledge.keep_check": "what a check found; confirming it is audited",
    "knowledge.release_stalled": "who works on a job",
    "knowledge.forget_imports": "finished jobs after their retention; what they wrote is audited",
    "knowledge.claim_documents": "who works on a job; starting and ending it are audited",
    "knowledge.hold_documents": "who works on a job",
    "knowledge.try_file": "who works on a job",
    "knowledge.keep_original": "part of an import, whose start and end are audited",
    "knowledge.keep_pages": "pages of a file that is being read; the document is audited",
    "knowledge.unpack": "what an archive holds; the documents are audited",
    "knowledge.note_known": "nothing new came of a file; the end of the import is audited",
    "knowledge.refuse_file": "nothing came of a file; the end of the import is audited",
    "knowledge.release_stalled_documents": "who works on a job",
    "knowledge.forget_originals": "files that became no document, after their retention",
    "knowledge.fresh_codes": "makes up codes, writes nothing (`.update` of a set)",
    "knowledge.record_unanswered": "what citizens asked, masked and counted",
    "knowledge.forget_asker": "part of an erasure, which is audited",
    "knowledge.record_askings": "follows from messages, which are their own record",
    "knowledge.note_citing": "follows from the end of a document, which is audited; settling is audited",
    "knowledge.follow_documents": "as note_citing",
    "knowledge.follow_entries": "part of writing entries, which is audited",
    "knowledge.tell_indexes": "what an index reads again; the act that changed it is audited",
    "knowledge.propose_repeals": "part of publishing, which is audited; deciding on it is audited",
    "knowledge.reserve": "a counter of the day",
    "knowledge.note_call": "the row is the record of the call; a try of a person is audited",
    "knowledge.forget_calls": "records after their retention, which was audited when it was set",
    "knowledge.forget_rater": "part of an erasure, which is audited",
    "knowledge.rate_usefulness": "a citizen's word on an answer, its own record",
    "knowledge.place_question": "follows from what was asked; what people do to intents is audited",
    "knowledge.count_intents": "counts kept by a worker, made of rows that stand",
    "supervision.advance_backtest": "what a trial found; beginning and ending it are audited",
    "supervision.claim_backtest": "who works on a trial",
    "reports.advance_rendering": "a file that was asked for; asking and ending are audited",
    "reports.claim_rendering": "who works on a job; asking and ending are audited",
    "reports.release_stalled": "who works on a job",
    "supervision.begin_probe": "what a robot is going to do; asking for it is audited",
    "supervision.claim_probe": "who works on a probe",
    "supervision.end_probe": "what a robot saw; the rows are the record, deciding is audited",
    "supervision.fail_probe": "a robot that could not go on; the row says why",
    "supervision.forget_probes": "finished runs after their retention; what was decided on them is audited",
    "supervision.keep_step": "what a robot saw; the row is the record",
    "supervision.plan_probes": "follows from the schedule; the rows are the record",
    "supervision.put_off_probe": "who works on a probe",
    "supervision.release_due_probes": "who works on a probe",
    "supervision.take_turn": "the pace at a host",
    "supervision.evaluate": "derived from traces and looks, kept by day; deciding is audited",
    "supervision.keep_link_look": "how a link answered; asking for it is audited",
    "supervision.keep_look": "what a source was asked; the row says when",
    "supervision.keep_traces": "what interfaces told; the rows are the record",
    "supervision.keep_items": "what interfaces told; the rows are the record, an import is audited",
    "supervision.begin_signing": "part of campaigns.sign_campaign, which is audited",
    "supervision.claim_signing": "who works on a job",
    "supervision.release_stalled_signings": "who works on a job",
    "supervision.advance_patrol": "rows of a sheet; confirming and ending it are audited",
    "supervision.forget_patrols": "finished jobs after their retention; what they wrote is audited",
    "supervision.keep_patrol_comparison": "what a comparison found; confirming it is audited",
    "supervision.undo_patrol_rows": "rows of a sheet; taking it back is audited",
    "supervision.claim_scan": "who works on a scan; starting and ending it are audited",
    "supervision.advance_scan": "what a scan found; deciding is audited",
    "supervision.release_stalled_scans": "who works on a scan",
    "supervision.note_events": "derived from messages",
    "supervision.note_failure": "what a source did not answer; the row says when",
    "supervision.seen_by_the_system": "evaluates; what the system saw is kept by the step that asked",
    "supervision.release_stalled_backtests": "who works on a trial",
    "supervision.save_draft": "what an inspector has not handed in yet; handing it in is audited",
    "tickets.ask": "part of stopping the clock, which is audited",
    "tickets.attach": "a step of an action that is audited",
    "tickets.drop_picture": "what a citizen has not filed is nobody's record yet",
    "tickets.forget_pictures": "what was never filed, and files whose removal was audited",
    "tickets.keep_picture": "what a citizen has not filed yet; filing is audited",
    "tickets.revoke_all_of": "part of citizens.unfollow, which is audited",
    "tickets.remove_pictures_of": "part of citizens.unfollow, which is audited",
    "conversations.withhold": "a step of an action that is audited",
    "tickets.note_forgotten": "what the worker did with a derived file; moving the report is audited",
    "tickets.take_out": "a step of an action that is audited",
    "tickets.asked": "a step of an action that is audited",
    "tickets.decided": "a step of an action that is audited",
    "tickets.lapse": "a step of an action that is audited",
    "tickets.plan_call_back": "a step of an action that is audited",
    "tickets.end_call_backs": "a step of an action that is audited",
    "tickets.void_drafts": "a step of an action that is audited",
    "tickets.end_wait": "a step of an action that is audited",
    "tickets.enter": "a step of an action that is audited",
    "tickets.collect_events": "what citizens did is audited; the row only tells it on",
    "tickets.put_act": "a step of an action that is audited",
    "tickets.stand_still": "a step of an action that is audited",
    "tickets.take_nonce": "part of a callback, whose mirroring is audited",
    "tickets.forget_nonces": "numbers that no callback can use any more",
    "tickets.note_trouble": "whether a platform answers; nothing of a ticket changes",
    "tickets.numbered": "a step of an action that is audited",
    "tickets.run_again": "a step of an action that is audited",
    "tickets.note_step": "a step of an action that is audited",
    "tickets.move": "a step of an action that is audited",
    "tickets.claim_batch": "who works at a job; its beginning, end and every answer are audited",
    "tickets.release_stalled_batches": "who works at a job; its beginning, end and every answer are audited",
    "reports.write_rows": "part of drafting, which is audited",
    "tickets.check_facts": "derived rows, made from what is audited",
    "tickets.check_months": "derived rows, made from what is audited",
    "tickets.forget_months": "derived rows, made from what is audited",
    "tickets.keep_months": "derived rows, made from what is audited",
    "tickets.write_facts": "derived rows, made from what is audited",
    "tickets.advance": "lines of a sheet; confirming and ending it are audited",
    "tickets.take_back": "lines of a sheet; taking it back is audited",
    "tickets.keep_comparison": "what a comparison found; confirming it is audited",
    "tickets.forget_responsibility_imports": "finished jobs after their retention; what they wrote is audited",
    "tickets.forget_ticket_imports": "finished jobs after their retention; what they wrote is audited",
    "tickets.collect_deliveries": "what happened to tickets is audited; the rows are the record",
    "tickets.forget_deliveries": "what was told half a year ago; the rows are the record",
    "tickets.matter_at": "a step of an action that is audited",
    "tickets.touch": "a step of an action that is audited",
    "tickets.claim_training": "who works on a job; beginning and ending it are audited",
    "tickets.note_choice": "a step of an action that is audited",
    "tickets.unlink_citizen": "part of citizens.unfollow, which is audited",
}


def _functions(path: Path) -> dict[str, ast.FunctionDef]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}


def _files(room: Path) -> list[Path]:
    single, package = room / "actions.py", room / "actions"
    return [single] if single.exists() else sorted(package.glob("*.py"))


ROOMS = sorted(path for path in SOURCE.iterdir() if path.is_dir() and _files(path))


def _called(function: ast.FunctionDef) -> set[str]:
    """Names of what it calls: `record` for `audit.record(...)`, `file` for `file(...)`."""
    found = set()
    for node in ast.walk(function):
        if isinstance(node, ast.Call):
            match node.func:
                case ast.Attribute(attr=name, value=ast.Name(id=owner)):
                    found.add(f"{owner}.{name}")
                case ast.Name(id=name):
                    found.add(name)
    return found


WRITING = frozenset(
    {"save", "create", "update", "delete", "bulk_create", "bulk_update", "get_or_create",
     "update_or_create"}
)  # fmt: skip


def _writes(function: ast.FunctionDef) -> bool:
    """Whether it writes rows itself; `.update` of a plain set or dict looks the same and counts. What
    `core.jobs` and `core.table_rows` write is written by whoever asks for it."""
    calls = [node.func for node in ast.walk(function) if isinstance(node, ast.Call)]
    return any(isinstance(called, ast.Name) and called.id == "add_rows" for called in calls) or any(
        isinstance(called, ast.Attribute)
        and (
            called.attr in WRITING or ast.unparse(called) in {"jobs.claim", "jobs.release_stalled"}
        )
        for called in calls
    )


def _spread(calls: dict[str, set[str]], found: set[str]) -> set[str]:
    """Those, and all that call them."""
    found = set(found)
    while True:
        more = {
            name
            for name, names in calls.items()
            if name not in found and any(each.rpartition(".")[2] in found for each in names)
        }
        if not more:
            return found
        found |= more


def _audits(room: Path) -> dict[str, bool]:
    """Each public function that writes, and whether it records, itself or through others."""
    functions: dict[str, ast.FunctionDef] = {}
    for path in _files(room):
        functions |= _functions(path)
    calls = {name: _called(node) for name, node in functions.items()}
    recording = {name for name, names in calls.items() if names & {"audit.record", "record"}}
    audited = _spread(calls, recording)
    writing = _spread(calls, {name for name, node in functions.items() if _writes(node)})
    return {
        name: name in audited for name in functions if name in writing and not name.startswith("_")
    }


@pytest.mark.parametrize("room", ROOMS, ids=lambda room: room.name)
def test_every_action_is_audited_or_says_why_not(room: Path) -> None:
    silent = {f"{room.name}.{name}" for name, audits in _audits(room).items() if not audits}
    assert silent - set(EXEMPT) == set()


def test_the_exceptions_are_needed() -> None:
    silent = {
        f"{room.name}.{name}"
        for room in ROOMS
        for name, audits in _audits(room).items()
        if not audits
    }
    assert set(EXEMPT) - silent == set()
