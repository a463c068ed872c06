"""The model as one process knows it: its settings followed, what it worded well remembered."""

import functools
import threading
from collections import OrderedDict
from collections.abc import Callable
from datetime import datetime

from django.utils import timezone

from minxin.knowledge.index.following import in_thread
from minxin.knowledge.own_model.rewording import Outside, reword
from minxin.knowledge.queries.own_model import ModelSettings, model_version, settings_in_use
from minxin.text import bare, mask, normal
from minxin.text.answers import AnswerBundle
from minxin.text.rewriting import Rewriting

REMEMBERED = 2_048


class LiveModel:
    """Asked by the gateway. Off, it costs the look at one attribute."""

    def __init__(
        self, *, clock: Callable[[], datetime] = timezone.now, outside: Outside | None = None
    ) -> None:
        self.settings: ModelSettings | None = None
        self.generation = 0  # a number that changes with the settings
        self._version = -1
        self._clock, self._outside = clock, outside
        self._done: OrderedDict[tuple[str, str, str, int], Rewriting] = OrderedDict()
        self._lock = threading.Lock()

    def refresh(self) -> None:
        """Take in settings that changed."""
        if model_version() != self._version:
            self._version, self.settings = settings_in_use()
            self.generation += 1

    def start(self, stop: threading.Event) -> threading.Thread:
        """Follow the settings until `stop`, in a thread of its own."""
        return in_thread("own model", self.refresh, stop)

    def reword(
        self, question: str, bundle: AnswerBundle, *, title: str, agency_id: int
    ) -> Callable[[], Rewriting | None] | None:
        """Work that words an answer anew; None while the model is off. What was worded well for these words
        before is given again without asking."""
        settings = self.settings
        if settings is None:
            return None
        return functools.partial(self._work, settings, question, bundle, title, agency_id)

    def _work(
        self,
        settings: ModelSettings,
        question: str,
        bundle: AnswerBundle,
        title: str,
        agency_id: int,
    ) -> Rewriting | None:
        asked = bare(normal(mask(question)))
        key = (asked, bundle.text, title, settings.version)
        with self._lock:
            known = self._done.get(key)
        if known is not None:
            return known
        done = reword(
            question, bundle, title=title, agency_id=agency_id, settings=settings,
            clock=self._clock, outside=self._outside,
        )  # fmt: skip
        if done is not None:
            with self._lock:
                self._done[key] = done
                while len(self._done) > REMEMBERED:
                    self._done.popitem(last=False)
        return done
