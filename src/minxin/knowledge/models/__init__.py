"""Tables of knowledge: entries, documents and their passages, imports, change logs."""

from minxin.knowledge.models.documents import Document, DocumentChange, Passage
from minxin.knowledge.models.entries import Entry, IndexChange, UnansweredQuestion, Variant
from minxin.knowledge.models.imports import ImportFault, ImportJob
from minxin.knowledge.models.intents import Intent, IntentQuestion, WeekAsked
from minxin.knowledge.models.own_model import ModelCall, ModelDay, OwnModel
from minxin.knowledge.models.synonyms import SynonymSet
from minxin.knowledge.models.taking import DocumentImport, ImportedFile, ReadPage

__all__ = [
    "Document",
    "DocumentChange",
    "DocumentImport",
    "Entry",
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
    "SynonymSet",
    "UnansweredQuestion",
    "Variant",
    "WeekAsked",
]
