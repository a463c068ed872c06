"""Chinese text: segmentation, private data and expressions in it, near duplicates, the reading of a
reply (`text.replies`), the retrieval index; beside them `text.classifier`, imported by its own name: it
is needed where something learns or routes. No Django."""

from minxin.text.alarms import Alarms, AlarmSet, Heard
from minxin.text.archive import Archive, Piece, Said, snippet, too_short
from minxin.text.near_duplicates import NearDuplicates, likeness, shingles
from minxin.text.privacy import Private, mask, mask_houses
from minxin.text.privacy import find as find_private
from minxin.text.retrieval import (
    Evidence,
    Hit,
    Index,
    Layered,
    Slips,
    Weights,
    Written,
    fold,
)
from minxin.text.segmentation import bare, bigrams, cut, normal, words
from minxin.text.terms import Expression, Place, Terms

__all__ = [
    "AlarmSet",
    "Alarms",
    "Archive",
    "Evidence",
    "Expression",
    "Heard",
    "Hit",
    "Index",
    "Layered",
    "NearDuplicates",
    "Piece",
    "Place",
    "Private",
    "Said",
    "Slips",
    "Terms",
    "Weights",
    "Written",
    "bare",
    "bigrams",
    "cut",
    "find_private",
    "fold",
    "likeness",
    "mask",
    "mask_houses",
    "normal",
    "shingles",
    "snippet",
    "too_short",
    "words",
]
