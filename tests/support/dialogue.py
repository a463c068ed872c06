"""Talks with the gateway's responders without a server: recorded, answered, remembered as in life."""

import itertools
import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from minxin import wechat
from minxin.accounts.queries import AccountSettings, callback_accounts
from minxin.conversations.actions import ReplyRecord, record_batch
from minxin.conversations.queries import safety_rows
from minxin.gateway.deliveries import delivery_of
from minxin.gateway.pace import Speed
from minxin.gateway.responders import respond
from minxin.gateway.safety import Danger, SafetyNet
from minxin.gateway.turn import Better, InThread, Reworded, Say, Turn
from minxin.knowledge.index import LiveIndex
from minxin.knowledge.own_model.live import LiveModel
from minxin.knowledge.passages import PassageIndex
from minxin.knowledge.rules import Answer, Lookup
from minxin.knowledge.rules.quotes import Quote
from minxin.text.answers import AnswerBundle
from tests.support.city import APP_ID, OPENID

_numbers = itertools.count(1_000_000)


@dataclass
class Phone:
    """One citizen's phone. `say` gives back the words she reads, empty for silence."""

    now: datetime
    index: LiveIndex
    openid: str = OPENID
    app_id: str = APP_ID
    heard: list[str] = field(default_factory=list)
    last: Say | None = None
    passages: PassageIndex = field(default_factory=PassageIndex)
    model: LiveModel = field(default_factory=LiveModel)
    speed: Speed = Speed.FINE
    _replies: list[ReplyRecord] = field(default_factory=list)

    @property
    def account(self) -> AccountSettings:
        return callback_accounts()[self.app_id]

    def lookup(self, turn: Turn, question: str) -> Lookup:
        return self.index.lookup(
            question,
            on=turn.today,
            region=turn.account.region_code,
            agency_id=turn.account.agency_id,
        )

    def danger(self, turn: Turn) -> Danger | None:
        return SafetyNet(*safety_rows()).heard(turn.text, turn.account.region_code)

    def entry(self, turn: Turn, number: int) -> Answer | None:
        return self.index.answer(
            number, on=turn.today, region=turn.account.region_code, agency_id=turn.account.agency_id
        )

    def has_documents(self) -> bool:
        return len(self.passages) > 0

    def quote(self, turn: Turn, question: str) -> Quote | None:
        return self.passages.quote(question, on=turn.today, region=turn.account.region_code)

    def rewords_entries(self) -> bool:
        return bool(self.model.settings and self.model.settings.for_entries)

    def reword(self, turn: Turn, bundle: AnswerBundle, title: str) -> Reworded | None:
        return self.model.reword(turn.text, bundle, title=title, agency_id=turn.account.agency_id)

    def label(self) -> tuple[str, str]:
        known = self.model.settings
        return (known.label, known.filing_number) if known else ("", "")

    def page(self, turn: Turn, path: str) -> str:
        return f"http://city.test/m/{turn.account.app_id}/{path}"

    def say(self, text: str, menu_id: str | None = None) -> str:
        return self.push(
            wechat.Text(content=text, menu_id=menu_id, message_id=next(_numbers), **self.common())
        )

    def common(self) -> dict[str, object]:
        self.now += timedelta(seconds=5)
        return {
            "account": self.account.original_id or "gh_city",
            "openid": self.openid,
            "created_at": int(self.now.timestamp()),
        }

    def follow(self) -> str:
        return self.push(wechat.Followed(**self.common()))

    def unfollow(self) -> str:
        return self.push(wechat.Unfollowed(**self.common()))

    def click(self, key: str) -> str:
        return self.push(wechat.MenuClicked(key=key, **self.common()))

    def push(self, inbound: wechat.Inbound) -> str:
        account = self.account
        delivery = delivery_of(inbound, self.app_id, account.id)
        replies, self._replies = self._replies, []
        (recorded,) = record_batch([delivery], replies, now=self.now)
        if recorded.reply is not None:
            return str(json.loads(recorded.reply).get("text", ""))
        turn = Turn(
            account,
            recorded.dialogue,
            inbound,
            recorded.message_id,
            delivery.citizen_key,
            recorded.has_followed_before,
            self.now,
            speed=self.speed,
        )
        reply = respond(turn, self)
        if isinstance(reply, InThread):
            reply = reply.work()
        if isinstance(reply, Better):
            reply = reply.work() or reply.otherwise
        words: dict[str, object] = {"silent": True}
        form = None
        self.last = None
        if isinstance(reply, Say):
            self.last = reply
            words = {"text": reply.text, "unknown": reply.is_unknown, "about": reply.about}
            if reply.memory is not None:
                form = json.dumps(reply.memory, ensure_ascii=False) if reply.memory else "null"
        self._replies.append(
            ReplyRecord(
                turn.message_id, turn.citizen_key, json.dumps(words, ensure_ascii=False), form
            )
        )
        said = str(words.get("text", ""))
        self.heard.append(said)
        return said

    def settle(self) -> None:
        """Record the last reply without a further message."""
        replies, self._replies = self._replies, []
        record_batch([], replies, now=self.now)
