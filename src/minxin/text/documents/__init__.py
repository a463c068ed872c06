"""Documents as files, read into blocks and cut into passages along their own structure. No Django."""

from minxin.text.documents.blocks import Block, Note, Reading, Trouble, Unreadable
from minxin.text.documents.metadata import Proposal, propose
from minxin.text.documents.pdf import Page, Recognised, pages_of, reading_of
from minxin.text.documents.reading import kind_of, read
from minxin.text.documents.structure import Piece, passages

__all__ = [
    "Block",
    "Note",
    "Page",
    "Piece",
    "Proposal",
    "Reading",
    "Recognised",
    "Trouble",
    "Unreadable",
    "kind_of",
    "pages_of",
    "passages",
    "propose",
    "read",
    "reading_of",
]
