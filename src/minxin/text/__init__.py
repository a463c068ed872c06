"""Chinese text: segmentation, private data and expressions in it, the retrieval index, the reading of
a reply (`text.replies`). No Django."""

from minxin.text.privacy import Private, mask
from minxin.text.privacy import find as find_private
from minxin.text.retrieval import Hit, Index
from minxin.text.segmentation import bare, bigrams, cut, normal, words
from minxin.text.terms import Expression, Place, Terms

__all__ = [
    "Expression",
    "Hit",
    "Index",
    "Place",
    "Private",
    "Terms",
    "bare",
    "bigrams",
    "cut",
    "find_private",
    "mask",
    "normal",
    "words",
]
