"""The weekly report: drafted when a person asks, or every Monday for who ordered it."""

import logging
from dataclasses import asdict
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_noop

from minxin.agencies import audit
from minxin.agencies.actions import notify_staff
from minxin.agencies.models import Agency, Staff
from minxin.agencies.queries import ensure_may, may, staff_with
from minxin.agencies.rules import Permission
from minxin.reports.actions.drafting import draft_document, kept_rows, write_rows
from minxin.reports.actions.rendering import request_files
from minxin.reports.models import Document, Rendering, WeeklyOrder
from minxin.reports.presets import presets
from minxin.reports.queries.facts import area_of
from minxin.reports.queries.weeks import monday_of, week_facts
from minxin.reports.rules import weeks
from minxin.reports.rules.kinds.week import report
from minxin.reports.rules.presets import Preset, chosen
from minxin.reports.rules.weeks import WeekFacts

log = logging.getLogger("minxin.reports")


def draft_week(
    facts: WeekFacts, preset: Preset, *, agency: Agency, actor: Staff, now: datetime
) -> Document:
    """A weekly report of an agency as generated, with the rows of both weeks."""
    pieces, kept = report(facts, preset), weeks.to_json(facts)
    rows = [*kept_rows(facts.this), *kept_rows(facts.before, is_before=True)]
    with transaction.atomic():
        document = draft_document(
            Document.Kind.WEEK, pieces, agency=agency, facts=kept, preset=asdict(preset),
            source=_source(facts), actor=actor, now=now,
        )  # fmt: skip
        write_rows(document, rows)
    return document


def _source(facts: WeekFacts) -> str:
    return f"week:{facts.began_on.isoformat()}"


@transaction.atomic
def order_weekly(agency: Agency, *, is_on: bool, actor: Staff, now: datetime) -> None:
    """Have last week's report drafted every Monday in this person's name, or no more. Twice does no harm."""
    ensure_may(actor, Permission.WRITE_REPORTS, agency)
    known = WeeklyOrder.objects.filter(agency=agency).first()
    if (known is not None) == is_on:
        return
    if is_on:
        WeeklyOrder.objects.create(agency=agency, ordered_by=actor, ordered_at=now)
    elif known is not None:
        known.delete()
    verb = "weekly_report.ordered" if is_on else "weekly_report.stopped"
    audit.record(actor, verb, agency, now=now, agency=agency)


def draft_ordered_weeks(*, now: datetime) -> list[Rendering]:
    """Last week's report for every agency that ordered it and has none yet; the jobs of their files.

    Who ordered it must still be allowed to write it; one agency's failure keeps no other from its report.
    """
    monday = monday_of(timezone.localtime(now).date()) - timedelta(days=7)
    made = []
    for order in WeeklyOrder.objects.select_related("agency", "ordered_by").order_by("pk"):
        try:
            document = _drafted_once(order, monday_said=monday.isoformat(), now=now)
        except Exception:
            log.exception("the weekly report of %s", order.agency.code)
            continue
        if document is not None:
            made.append(request_files(document, actor=order.ordered_by, now=now))
    return made


def _drafted_once(order: WeeklyOrder, *, monday_said: str, now: datetime) -> Document | None:
    agency, person = order.agency, order.ordered_by
    if not agency.is_active or not may(person, Permission.WRITE_REPORTS, agency):
        return None
    same = Document.objects.filter(
        agency=agency, kind=Document.Kind.WEEK, source=f"week:{monday_said}"
    )
    if same.exists():  # whoever drafted it, or laid it aside
        return None
    facts = week_facts(
        agency, datetime.fromisoformat(monday_said).date(), agency_said=agency.name,
        area_said=area_of(agency), now=now,
    )  # fmt: skip
    preset = chosen(presets()[0], agency.region_code, "week")
    with transaction.atomic():
        WeeklyOrder.objects.select_for_update().get(pk=order.pk)  # two clocks draft one report
        if same.exists():
            return None
        document = draft_week(facts, preset, agency=agency, actor=person, now=now)
        words = gettext_noop("“%(title)s”已起草，请核对后签发") % {
            "title": document.title.replace("\n", "")
        }
        people = staff_with(Permission.WRITE_REPORTS, agency)
        link = f"/console/reports/{document.pk}/"
        notify_staff(people, kind="report", text=words, link=link, now=now)
    return document
