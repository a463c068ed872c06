"""Tables of knowledge: entries, documents and their passages, imports, change logs."""

from minxin.knowledge.models.documents import Document, DocumentChange, Passage
from minxin.knowledge.models.entries import Entry, IndexChange, UnansweredQuestion, Variant
from minxin.knowledge.models.graded import Grade, GradedQuestion, GradedSet, Verdict
from minxin.knowledge.models.imports import ImportFault, ImportJob
from minxin.knowledge.models.intents import Intent, IntentQuestion, WeekAsked
from minxin.knowledge.models.own_model import ModelCall, ModelDay, OwnModel
from minxin.knowledge.models.proposals import EntryProposal
from minxin.knowledge.models.ratings import AnswerRating
from minxin.knowledge.models.synonyms import SynonymSet
from minxin.knowledge.models.taking import DocumentImport, ImportedFile, ReadPage
from minxin.knowledge.models.validity import BasisReview, RepealProposal

__all__ = [
    "AnswerRating",
    "BasisReview",
    "Document",
    "DocumentChange",
    "DocumentImport",
    "Entry",
    "EntryProposal",
    "Grade",
    "GradedQuestion",
    "GradedSet",
    "ImportFault",
    "ImportJob",
    "ImportedFile",
    "IndexChange",
    "Intent",
    "IntentQuestion",
    "ModelCall",
    "ModelDay",
    "OwnModel",
    "Passage",
    "ReadPage",
    "RepealProposal",
    "SynonymSet",
    "UnansweredQuestion",
    "Variant",
    "Verdict",
    "WeekAsked",
]
