"""Words that mean the same here: those that come with the system, and those that agencies keep."""

from minxin.knowledge.synonyms.base import GROUPS
from minxin.knowledge.synonyms.tables import SynonymRule, Table, Tables, plain, tokens

__all__ = ["GROUPS", "SynonymRule", "Table", "Tables", "plain", "tokens"]
