"""What responders may ask for, out of this process's memory."""

from django.conf import settings

from minxin.gateway.register import Register
from minxin.gateway.safety import Danger
from minxin.gateway.turn import Reworded, Turn
from minxin.knowledge.index import LiveIndex
from minxin.knowledge.own_model.live import LiveModel
from minxin.knowledge.passages import PassageIndex
from minxin.knowledge.rules import Answer, Lookup
from minxin.knowledge.rules.own_model import LABEL
from minxin.knowledge.rules.quotes import Quote
from minxin.text.answers import AnswerBundle


class LiveDesk:
    """The indexes and the model of this process, for a turn."""

    def __init__(
        self, register: Register, index: LiveIndex, passages: PassageIndex, model: LiveModel
    ) -> None:
        self._register = register
        self._index = index
        self._passages = passages
        self._model = model

    def danger(self, turn: Turn) -> Danger | None:
        return self._register.safety.heard(turn.text, turn.account.region_code)

    def lookup(self, turn: Turn, question: str) -> Lookup:
        account = turn.account
        return self._index.lookup(
            question, on=turn.today, region=account.region_code, agency_id=account.agency_id
        )

    def entry(self, turn: Turn, number: int) -> Answer | None:
        account = turn.account
        return self._index.answer(
            number, on=turn.today, region=account.region_code, agency_id=account.agency_id
        )

    def has_documents(self) -> bool:
        return len(self._passages) > 0

    def quote(self, turn: Turn, question: str) -> Quote | None:
        return self._passages.quote(question, on=turn.today, region=turn.account.region_code)

    def rewords_entries(self) -> bool:
        known = self._model.settings
        return known is not None and known.for_entries

    def reword(self, turn: Turn, bundle: AnswerBundle, title: str) -> Reworded | None:
        return self._model.reword(turn.text, bundle, title=title, agency_id=turn.account.agency_id)

    def label(self) -> tuple[str, str]:
        known = self._model.settings
        return (known.label, known.filing_number) if known is not None else (LABEL, "")

    def page(self, turn: Turn, path: str) -> str:
        return f"{settings.MINXIN_PUBLIC_URL}/m/{turn.account.app_id}/{path}"
