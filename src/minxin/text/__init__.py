"""Chinese text: segmentation, private data in it, the retrieval index. No Django."""

from minxin.text.privacy import mask
from minxin.text.retrieval import Hit, Index
from minxin.text.segmentation import bigrams, normal, words

__all__ = ["Hit", "Index", "bigrams", "mask", "normal", "words"]
