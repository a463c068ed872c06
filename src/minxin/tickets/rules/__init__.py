"""Decisions about tickets: states, guards, words about deadlines. Pure."""

from minxin.tickets.rules import gbt39046, ledger, levels
from minxin.tickets.rules.asking_again import (
    CLOSES_AFTER,
    CONTENT,
    DISSATISFIED,
    MOST_REOPENINGS,
    REOPEN_WITHIN,
    Bar,
    bar_to_reopening,
)
from minxin.tickets.rules.intake import (
    LONGEST_EXTENSION,
    LONGEST_TEXT,
    MOST_PICTURES,
    MOST_PICTURES_IN_ALL,
    MOST_PICTURES_WAITING,
    MOST_SUPPLEMENTS,
    PICTURES_WAIT,
    SHORTEST_TEXT,
    SUPPLEMENT_DAYS,
    guess_nature,
    is_on_earth,
    matching,
    says_something,
)
from minxin.tickets.rules.limits import FALLBACK_DAYS, Light, Limits, light_of
from minxin.tickets.rules.states import OPEN, OVER, TRANSITIONS, Verb, may_follow, state_after
from minxin.tickets.rules.words import day_words, deadline_words, promise_words

__all__ = [
    "CLOSES_AFTER",
    "CONTENT",
    "DISSATISFIED",
    "FALLBACK_DAYS",
    "LONGEST_EXTENSION",
    "LONGEST_TEXT",
    "MOST_PICTURES",
    "MOST_PICTURES_IN_ALL",
    "MOST_PICTURES_WAITING",
    "MOST_REOPENINGS",
    "MOST_SUPPLEMENTS",
    "OPEN",
    "OVER",
    "PICTURES_WAIT",
    "REOPEN_WITHIN",
    "SHORTEST_TEXT",
    "SUPPLEMENT_DAYS",
    "TRANSITIONS",
    "Bar",
    "Light",
    "Limits",
    "Verb",
    "bar_to_reopening",
    "day_words",
    "deadline_words",
    "gbt39046",
    "guess_nature",
    "is_on_earth",
    "ledger",
    "levels",
    "light_of",
    "matching",
    "may_follow",
    "promise_words",
    "says_something",
    "state_after",
]
