"""The retrieval index: what is asked (`question`), what speaks for a text (`evidence`), places
(`places`), one spelling of what has several (`folding`), the index itself (`index`)."""

from minxin.text.retrieval.evidence import Evidence, Weights
from minxin.text.retrieval.folding import fold
from minxin.text.retrieval.index import Hit, Index

__all__ = ["Evidence", "Hit", "Index", "Weights", "fold"]
