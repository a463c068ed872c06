"""The retrieval index: what is asked (`question`), what speaks for a text (`evidence`), places
(`places`), texts in a file (`layers`), words typed by their sound (`slips`), one spelling of what has several (`folding`), the index itself (`index`)."""

from minxin.text.retrieval.evidence import Evidence, Weights
from minxin.text.retrieval.folding import fold
from minxin.text.retrieval.index import Hit, Index
from minxin.text.retrieval.layers import Layered, Written
from minxin.text.retrieval.slips import Slips

__all__ = ["Evidence", "Hit", "Index", "Layered", "Slips", "Weights", "Written", "fold"]
