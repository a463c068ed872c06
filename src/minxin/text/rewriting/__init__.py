"""An answer in other words, by a model, and nothing but that answer. No Django, no network.

`ask` says what a model is asked, `read` what came back; `Rewriting` is the only thing that may be told of
it, and it refuses every sentence that its sources do not hold.
"""

from minxin.text.rewriting.asking import Unreadable, ask, read, sources_of
from minxin.text.rewriting.checking import Fault, Rewriting, Source, Unfaithful, Worded

__all__ = [
    "Fault",
    "Rewriting",
    "Source",
    "Unfaithful",
    "Unreadable",
    "Worded",
    "ask",
    "read",
    "sources_of",
]
