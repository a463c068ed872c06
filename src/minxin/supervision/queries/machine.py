"""What the machine knows of an account, line by line of the check table. It decides nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from minxin.accounts.models import Account, Affiliation
from minxin.supervision import wording
from minxin.supervision.indicators import indicator_named
from minxin.supervision.models import ProbeRun
from minxin.supervision.packs import Library
from minxin.supervision.queries.probes import recent_run
from minxin.supervision.queries.updates import Known, bound_of, known_of, subject_of
from minxin.supervision.rules.clock import ACCUSES, Level, day_of
from minxin.supervision.rules.inspection import LINES, Line, Mark
from minxin.supervision.rules.packs import Pack, applicable, is_fallback
from minxin.supervision.rules.probing import Outcome, StepKind


@dataclass(frozen=True, slots=True)
class View:
    """What the machine says of one line: in words, and what it would guess; None for no guess."""

    code: str
    said: str
    guess: Mark | None = None
    rule: str = ""
    is_fallback: bool = False


def views_of(account: Account, library: Library, *, now: datetime) -> dict[str, View]:
    """The machine's view of every line, by its code."""
    known = known_of([account], library, now=now)[account.pk]
    return views_from(known, library, now=now)


def views_from(known: Known, library: Library, *, now: datetime) -> dict[str, View]:
    """The same of what is known already."""
    run = recent_run(known.account, now=now)
    return {line.code: _view(line, known, run, library, now) for line in LINES}


def _view(line: Line, known: Known, run: ProbeRun | None, library: Library, now: datetime) -> View:
    if not line.machine:
        return _by_hand(line, known, run)
    packs = applicable(library.of(line.code), bound_of(known.account), on=day_of(now))
    if not packs:
        words = _("没有适用于这个账号的规则（系统归属、状态或平台不在规则范围内）。")
        return View(line.code, words, Mark.DOES_NOT_APPLY)
    rule = f"{packs[0].id} {packs[0].version}"
    # Only of updates have places rules of their own; to say so of the others would be noise.
    fallback = line.code == "update.stale" and is_fallback(packs)
    if line.code == "update.stale":
        said, guess = _of_updates(known)
    elif line.code.startswith("content."):
        said, guess = _of_content(line, known, packs)
    elif indicator_named(line.code).counts_keys:
        said, guess, accusing = _of_duties(line, known, packs)
        rule = f"{accusing.id} {accusing.version}"
    else:
        said, guess = _of_register(line, known, packs)
    return View(line.code, said, guess, rule, fallback)


def _by_hand(line: Line, known: Known, run: ProbeRun | None) -> View:
    account = known.account
    if account.affiliation != Affiliation.GOVERNMENT:
        words = _("国家检查指标只约束政府系统的账号。")
        return View(line.code, words, Mark.DOES_NOT_APPLY)
    if line.code == "interact.none":
        filing = getattr(account, "filing", None)
        entry = filing.interaction if filing is not None else ""
        buttons = len(account.menu) if isinstance(account.menu, list) else 0
        words = _("台账登记的互动入口：%(entry)s；系统里的菜单 %(count)s 项。请打开试一试。")
        said = words % {"entry": entry or _("没有填写"), "count": buttons}
        return _with_probe(line, said, known, run)
    if line.code == "content.badlink" and known.probed is not None:
        if known.probed.bad:
            links = "；".join(each.shown for each in known.probed.bad[:5])
            words = _("互动拨测发现可疑的菜单链接：%(links)s。请打开核实。")
            return View(line.code, words % {"links": links}, Mark.UNCLEAR)
        return View(
            line.code, _("互动拨测没有发现可疑的菜单链接；文章里的链接机器没有查，请看页面。")
        )
    return View(line.code, _("机器不判断，请看页面。"))


def _with_probe(line: Line, said: str, known: Known, run: ProbeRun | None) -> View:
    """What the robot found on the citizen's path: that an entry works, or that none did. That there is
    none at all is never its guess: it may have missed one."""
    if run is None:
        return View(line.code, said)
    taken = run.steps.filter(kind__in=[StepKind.MENU_KEY, StepKind.MESSAGE, StepKind.FORM])
    works = taken.filter(outcome__in=[Outcome.FINE, Outcome.REACHED]).count()
    local = timezone.localtime(run.finished_at)
    words = _("%(at)s互动拨测：%(works)s 个互动入口有回应。")
    said += words % {"at": f"{local:%Y-%m-%d %H:%M}", "works": works}
    if known.probed is not None and known.probed.dead:
        links = "；".join(each.shown for each in known.probed.dead[:5])
        said += _("菜单链接打不开：%(links)s。") % {"links": links}
    return View(line.code, said, Mark.PASSES if works else Mark.UNCLEAR)


def _of_updates(known: Known) -> tuple[str, Mark | None]:
    verdict, last = known.verdict, known.last
    said = str(wording.LEVELS[verdict.level])
    if last is not None:
        local = timezone.localtime(last.published_at)
        shown = f"{local:%Y-%m-%d}" if last.is_day_only else f"{local:%Y-%m-%d %H:%M}"
        words = _("%(level)s。最近更新 %(at)s（%(grade)s）")
        said = words % {"level": said, "at": shown, "grade": wording.grade_of(last.source)}
    if verdict.level in ACCUSES:
        return said, Mark.FAILS
    if verdict.level in {Level.UNKNOWN, Level.CONTRADICTORY}:
        return said, Mark.UNCLEAR
    return said, Mark.DOES_NOT_APPLY if verdict.level is Level.EXEMPT else Mark.PASSES


def _of_register(line: Line, known: Known, packs: tuple[Pack, ...]) -> tuple[str, Mark | None]:
    indicator, subject = indicator_named(line.code), subject_of(known)
    for pack in packs:
        hit = indicator.judge(subject, pack)
        if hit is not None:
            return str(indicator.sentence) % dict(hit.facts), Mark.FAILS
    if line.code == "account.unfiled" and subject.filing_number is None:
        return _("还没有填写台账，不知道是否备案。"), Mark.UNCLEAR
    return _("台账里没有发现。"), Mark.PASSES


def _of_content(line: Line, known: Known, packs: tuple[Pack, ...]) -> tuple[str, Mark | None]:
    """What looking back found. That it found nothing is no guess: it knows only what is kept, and only
    the expressions of its lists."""
    indicator, items = indicator_named(line.code), known.content.items
    if not items:
        return _("没有留存这个账号的内容，机器没有看过，请看页面。"), None
    hit = next(filter(None, (indicator.judge(subject_of(known), pack) for pack in packs)), None)
    if hit is None and line.code not in known.content.looked:
        words = _("留存了 %(count)s 篇，还没有用这一类的词表查过，请看页面。")
        return words % {"count": items}, None
    if hit is None:
        words = _("留存了 %(count)s 篇，词表没有查到。机器只查词表，请看页面。")
        return words % {"count": items}, None
    said = str(indicator.sentence) % dict(hit.facts)
    return said, Mark.FAILS if hit.facts["confirmed"] else Mark.UNCLEAR


def _of_duties(line: Line, known: Known, packs: tuple[Pack, ...]) -> tuple[str, Mark | None, Pack]:
    """What is registered and ran out, and the first rule that says so. Nothing registered is no guess."""
    indicator, subject = indicator_named(line.code), subject_of(known)
    judged = [(pack, indicator.judge(subject, pack)) for pack in indicator.weighed(packs)]
    hits = [(pack, hit) for pack, hit in judged if hit is not None]
    if hits:
        said = (str(indicator.sentence) % dict(hit.facts) for _pack, hit in hits)
        return " ".join(said), Mark.UNCLEAR, hits[0][0]
    return _("系统里登记的没有超期。没有登记的，机器不知道。"), None, packs[0]


def rule_said(view: View, library: Library) -> str:
    """The rule of a view with whose it is; where a region has none of its own, that too."""
    pack = library.named(view.rule.split(" ")[0]) if view.rule else None
    if pack is None:
        return ""
    words = f"{pack.title}（{wording.CERTAINTY[pack.certainty]}）"
    return words + (_("，本区划没有自己的规则") if view.is_fallback else "")


def guesses(views: Mapping[str, View]) -> dict[str, str]:
    """The guesses that are one, by code."""
    return {code: view.guess.value for code, view in views.items() if view.guess is not None}
