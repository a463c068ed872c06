"""What a text is about, by what was decided before: calibrated, explained, learnt from examples."""

from minxin.text.classifier.model import Card, Classifier, Guess, Unreadable, load
from minxin.text.classifier.training import FEWEST, TooLittleHistory, folds, learn

__all__ = [
    "FEWEST",
    "Card",
    "Classifier",
    "Guess",
    "TooLittleHistory",
    "Unreadable",
    "folds",
    "learn",
    "load",
]
