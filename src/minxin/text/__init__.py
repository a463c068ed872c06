"""Chinese text: segmentation, private data in it, the retrieval index. No Django."""

from minxin.text.privacy import mask
from minxin.text.retrieval import Hit, Index
from minxin.text.segmentation import bare, bigrams, normal, words

__all__ = ["Hit", "Index", "bare", "bigrams", "mask", "normal", "words"]
