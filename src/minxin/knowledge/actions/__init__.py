"""All writes of knowledge. Each tells the indexes by an `IndexChange` in the same transaction."""

from minxin.knowledge.actions.documents import (
    CHANGEABLE,
    DocumentDraft,
    add_document,
    change_document,
    discard_document,
    publish_document,
    retire_document,
)
from minxin.knowledge.actions.endings import lift_repeal, repeal_document, replace_document
from minxin.knowledge.actions.entries import (
    FIELDS,
    EntryDraft,
    check_draft,
    create_entry,
    retire_entry,
    set_review_date,
    update_entry,
)
from minxin.knowledge.actions.imports import CHUNK, Taken, ensure_importable, import_entries
from minxin.knowledge.actions.jobs import (
    advance_import,
    claim_import,
    confirm_import,
    end_import,
    forget_imports,
    keep_check,
    release_stalled,
    resume_import,
    start_import,
    stop_import,
)
from minxin.knowledge.actions.ratings import Rated, forget_rater, rate_usefulness
from minxin.knowledge.actions.repeals import confirm_repeal, decline_repeal
from minxin.knowledge.actions.settling import NewSource, settle_review
from minxin.knowledge.actions.synonyms import (
    SynonymDraft,
    add_synonyms,
    change_synonyms,
    check_synonyms,
)
from minxin.knowledge.actions.taking import (
    forget_originals,
    release_stalled_documents,
    resume_documents,
    start_document_import,
    stop_documents,
)
from minxin.knowledge.actions.unanswered import (
    Asking,
    answer_unanswered,
    dismiss_unanswered,
    forget_asker,
    record_askings,
    record_unanswered,
)
from minxin.knowledge.actions.upper_reviews import settle_upper
from minxin.knowledge.actions.validity import Cited, note_citing

__all__ = [
    "CHANGEABLE",
    "CHUNK",
    "FIELDS",
    "Asking",
    "Cited",
    "DocumentDraft",
    "EntryDraft",
    "NewSource",
    "Rated",
    "SynonymDraft",
    "Taken",
    "add_document",
    "add_synonyms",
    "advance_import",
    "answer_unanswered",
    "change_document",
    "change_synonyms",
    "check_draft",
    "check_synonyms",
    "claim_import",
    "confirm_import",
    "confirm_repeal",
    "create_entry",
    "decline_repeal",
    "discard_document",
    "dismiss_unanswered",
    "end_import",
    "ensure_importable",
    "forget_asker",
    "forget_imports",
    "forget_originals",
    "forget_rater",
    "import_entries",
    "keep_check",
    "lift_repeal",
    "note_citing",
    "publish_document",
    "rate_usefulness",
    "record_askings",
    "record_unanswered",
    "release_stalled",
    "release_stalled_documents",
    "repeal_document",
    "replace_document",
    "resume_documents",
    "resume_import",
    "retire_document",
    "retire_entry",
    "set_review_date",
    "settle_review",
    "settle_upper",
    "start_document_import",
    "start_import",
    "stop_documents",
    "stop_import",
    "update_entry",
]
