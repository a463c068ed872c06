"""The values that pass through the dialogue: one turn in, one reply out."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol

import msgspec

from minxin import wechat
from minxin.accounts.queries import AccountSettings
from minxin.conversations.actions import DialogueState
from minxin.conversations.contents import MenuContent
from minxin.gateway.pace import Speed
from minxin.gateway.safety import Danger
from minxin.knowledge.rules import Answer, Lookup
from minxin.knowledge.rules.quotes import Quote
from minxin.text.answers import AnswerBundle
from minxin.text.rewriting import Rewriting

Memory = Mapping[str, Any]
Reworded = Callable[[], Rewriting | None]


class Turn(msgspec.Struct, frozen=True):
    """One message and everything a responder may know of it.

    `message_id` is 0 as long as it is not recorded: what is said from memory does not need it, what is
    worked out in a thread is worked out afterwards. `text` is what was said in words, typed or
    heard by WeChat (`Voice.recognition`); empty for everything else. `speed`: whether she says more at
    once than anybody can answer.
    """

    account: AccountSettings
    dialogue: DialogueState
    inbound: wechat.Inbound
    message_id: int
    citizen_key: str
    has_followed_before: bool
    now: datetime
    text: str = ""
    speed: Speed = Speed.FINE

    def __post_init__(self) -> None:
        if isinstance(self.inbound, wechat.Text):
            msgspec.structs.force_setattr(self, "text", self.inbound.content.strip())
        elif isinstance(self.inbound, wechat.Voice) and self.inbound.recognition:
            # What WeChat heard, where it still tells it, is as good as typed.
            msgspec.structs.force_setattr(self, "text", self.inbound.recognition.strip())

    @property
    def memory(self) -> Memory:
        """What the dialogue remembers; nothing when it was long ago."""
        form = self.dialogue.form
        if not form:
            return {}
        if self.now.timestamp() - float(form.get("at", 0)) > FORGOTTEN_AFTER:
            return {}
        return form

    @property
    def waits_for_a_person(self) -> bool:
        """She asked for one today or yesterday, and nobody has come yet."""
        wanted_at = self.dialogue.wants_person_at
        if wanted_at is None:
            return False
        return (self.now - wanted_at).total_seconds() <= FORGOTTEN_AFTER

    @property
    def today(self) -> date:
        return self.now.date()


FORGOTTEN_AFTER = 24 * 3600.0


class Say(msgspec.Struct, frozen=True):
    """Words to the citizen. `memory` is what the dialogue remembers from now on: None leaves it as
    it is, an empty mapping forgets. `is_unknown` marks a question the city could not answer.
    `holds_today` says that the same words hear the same from this account all day, as long as the
    entries stay: it may be given again without asking any responder. `about`: the entry that answers, by which
    the next question may be understood; 0 for none. `menu`: the same with choices to tap, for where it goes out as a
    customer-service message; a passive reply holds no menu."""

    text: str
    memory: Memory | None = None
    is_unknown: bool = False
    holds_today: bool = False
    about: int = 0
    menu: MenuContent | None = None


@dataclass(frozen=True, slots=True)
class Silence:
    """Nothing is said: a person is answering, or the event wants no answer."""


@dataclass(frozen=True, slots=True)
class InThread:
    """A reply that needs the database: worked out in a thread, delivered later when it takes long. `instead`
    is said where too many wait for a thread already; without it WeChat is told to come again."""

    work: Callable[[], "Say | Better"]
    instead: Callable[[], Say] | None = None


@dataclass(frozen=True, slots=True)
class Better:
    """Words that somebody slow may say better. `work` gives them, or None: then, when it fails, and when too
    many wait already, `otherwise` goes out. Waited for as long as WeChat waits, delivered later then; never
    on a thread that others need."""

    work: Callable[[], Say | None]
    otherwise: Say


Reply = Say | Silence | InThread | Better


class Desk(Protocol):
    """What responders may ask for besides the turn itself."""

    def lookup(self, turn: Turn, question: str) -> Lookup:
        """The answer index, for the turn's day and region."""

    def danger(self, turn: Turn) -> Danger | None:
        """Whether her words must not wait, and what is told then; from memory."""

    def entry(self, turn: Turn, number: int) -> Answer | None:
        """An entry by its number, if it may be given on the turn's day in its region; from memory."""

    def has_documents(self) -> bool:
        """Whether there is any passage to quote; costs nothing."""

    def quote(self, turn: Turn, question: str) -> Quote | None:
        """What documents in force on the turn's day in its region say, when that is sure; takes
        milliseconds, so only in a thread."""

    def rewords_entries(self) -> bool:
        """Whether the city's own model words entries, too; costs nothing."""

    def reword(self, turn: Turn, bundle: AnswerBundle, title: str) -> "Reworded | None":
        """Work by which the city's own model says an answer in plainer words; None while it is off."""

    def label(self) -> tuple[str, str]:
        """What stands beside words that a machine made, and the number under which the model is filed."""

    def page(self, turn: Turn, path: str) -> str:
        """The address of a portal page of the turn's account."""


Responder = Callable[[Turn, Desk], Reply | None]


def remember(turn: Turn, step: str, **values: object) -> Memory:
    """What the dialogue keeps between two messages."""
    return {"step": step, "at": int(turn.now.timestamp()), **values}
