"""An answer in plainer words, or None: whatever goes wrong, the sentences of the document go out instead.

Asked in threads of its own only. Everything that was given and came back is kept (`ModelCall`).
"""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import httpx
from django.conf import settings as django_settings
from django.utils import timezone

from minxin.agencies.models import Agency
from minxin.core.outward import Resolve
from minxin.knowledge.actions.own_model import note_call, reserve
from minxin.knowledge.models import ModelCall
from minxin.knowledge.own_model.calling import CallFailed, complete
from minxin.knowledge.queries.own_model import ModelSettings
from minxin.knowledge.rules.own_model import counted, tokens_of
from minxin.text import mask
from minxin.text.answers import AnswerBundle
from minxin.text.rewriting import Rewriting, Unfaithful, Unreadable, ask, read, sources_of

log = logging.getLogger("minxin.knowledge")
Verdict = ModelCall.Verdict


@dataclass(frozen=True, slots=True)
class Outside:
    """What a call reaches the network by; tests give their own."""

    transport: httpx.BaseTransport | None = None
    resolve: Resolve | None = None


def reword(
    question: str,
    bundle: AnswerBundle,
    *,
    title: str,
    agency_id: int,
    settings: ModelSettings,
    clock: Callable[[], datetime] = timezone.now,
    outside: Outside | None = None,
) -> Rewriting | None:
    """The answer to a citizen's question in the model's words, where code found every one of them in it;
    within the budget, kept in the log."""
    messages = ask(mask(question), sources_of(bundle), title)
    tokens = tokens_of(messages)
    if not reserve(tokens=tokens, now=clock()):
        return None
    call, done = called(question, bundle, title=title, settings=settings, outside=outside)
    call.agency_id = agency_id
    note_call(call, reserved=tokens, now=clock())
    return done


def called(
    question: str,
    bundle: AnswerBundle,
    *,
    title: str,
    settings: ModelSettings,
    outside: Outside | None = None,
) -> tuple[ModelCall, Rewriting | None]:
    """One request and what code finds of its answer; nothing is written yet."""
    masked = mask(" ".join(question.split()))[:300]
    sources = sources_of(bundle)
    messages = ask(masked, sources, title)
    call = ModelCall(
        model=settings.model, question=masked, title=title[:200],
        given=[{"id": each.id, "text": each.text} for each in sources],
    )  # fmt: skip
    began = time.monotonic()
    reach = outside or Outside()
    done: Rewriting | None = None
    try:
        answer = complete(
            settings, messages, networks=django_settings.MINXIN_MODEL_NETWORKS,
            transport=reach.transport, resolve=reach.resolve,
        )  # fmt: skip
        call.output = answer.text[:20_000].replace("\0", "")
        call.tokens = counted(answer.tokens, tokens_of(messages))
        done = read(answer.text, bundle, title)
        call.verdict, call.said = Verdict.SAID, done.text
    except CallFailed as failed:
        call.verdict, call.fault, call.detail = Verdict.FAILED, failed.fault, failed.detail
        if failed.fault in {"late", "large"}:  # it was worked on
            call.tokens = tokens_of(messages)
    except Unreadable as strange:
        call.verdict, call.detail = Verdict.UNREADABLE, str(strange)[:300]
    except Unfaithful as refused:
        call.verdict, call.fault, call.detail = Verdict.REFUSED, refused.fault, refused.detail
    call.took_ms = round((time.monotonic() - began) * 1000)
    return call, done


def agency_at_the_top() -> Agency | None:
    """Whose a try is: the root of the tree."""
    return Agency.objects.order_by("path").first()
