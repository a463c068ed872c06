"""From passages to the sentences that answer, each with the place where it stands. No Django.

`extract` finds them and says how surely; `AnswerBundle` is the only thing that may be told as an answer, and
it refuses what no passage contains.
"""

from minxin.text.answers.citing import AnswerBundle, Passage, Sentence, Uncited, is_cited, of_itself
from minxin.text.answers.cutting import Shape, Unit, cut_units
from minxin.text.answers.extracting import SHIPPED, Found, Weighing, extract
from minxin.text.answers.fitting import beginning
from minxin.text.answers.questions import Kind, kind_of
from minxin.text.answers.weights import SURE

__all__ = [
    "SHIPPED",
    "SURE",
    "AnswerBundle",
    "Found",
    "Kind",
    "Passage",
    "Sentence",
    "Shape",
    "Uncited",
    "Unit",
    "Weighing",
    "beginning",
    "cut_units",
    "extract",
    "is_cited",
    "kind_of",
    "of_itself",
]
