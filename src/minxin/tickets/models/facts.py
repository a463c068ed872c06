"""What figures count of a ticket: one narrow row each, derived, kept by a worker."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from minxin.agencies.models import Agency
from minxin.agencies.scope import scoped
from minxin.tickets.models.kinds import Category, Nature
from minxin.tickets.models.tickets import Rating, Ticket


class TicketFacts(models.Model):
    """A ticket as figures see it. Derived from its rows (`queries.figures.gathering`): no row of it is
    anybody's word, and all can be made anew.

    Days are local. `place` is the road without numbers. `response_minutes`: from filing to the first
    word of staff, by the clock. `voiced_on`: when the citizen last said whether it is solved (`is_solved`),
    by a rating or by asking again.
    """

    ticket = models.OneToOneField(
        Ticket, on_delete=models.CASCADE, primary_key=True, related_name="facts"
    )
    agency = models.ForeignKey(
        Agency, verbose_name=_("承办单位"), on_delete=models.CASCADE, related_name="+",
        db_index=False,  # those below begin with it
    )  # fmt: skip
    category = models.ForeignKey(
        Category, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    nature = models.CharField(max_length=12, choices=Nature)
    source = models.CharField(max_length=10)
    place = models.CharField(max_length=60, blank=True)
    filed_at = models.DateTimeField()
    filed_on = models.DateField()
    due_at = models.DateTimeField()
    due_on = models.DateField()
    # As of the ticket: who may see it counts it, and one whose words were moved elsewhere is no ticket.
    is_confidential = models.BooleanField(default=False)
    is_moved = models.BooleanField(default=False)
    is_valid = models.BooleanField()
    is_merged = models.BooleanField()
    is_open = models.BooleanField()
    is_stopped = models.BooleanField()
    is_answered = models.BooleanField()
    was_answered = models.BooleanField()
    is_closed = models.BooleanField()
    is_on_time = models.BooleanField()
    answered_on = models.DateField(null=True)
    response_minutes = models.PositiveIntegerField(null=True)
    returned_times = models.PositiveSmallIntegerField(default=0)
    reminded_times = models.PositiveSmallIntegerField(default=0)
    reopened_times = models.PositiveSmallIntegerField(default=0)
    level = models.CharField(max_length=20, choices=Rating.Level, blank=True)
    rated_on = models.DateField(null=True)
    voiced_on = models.DateField(null=True)
    is_solved = models.BooleanField(default=False)

    objects = scoped("agency__path")

    class Meta:
        verbose_name = _("工单统计")
        verbose_name_plural = _("工单统计")
        indexes = [
            models.Index(fields=["agency", "filed_on"], name="facts_by_filing"),
            models.Index(fields=["agency", "due_on"], name="facts_by_due_day"),
            models.Index(fields=["agency", "answered_on"], name="facts_by_answer"),
            models.Index(fields=["agency", "rated_on"], name="facts_by_rating"),
            models.Index(fields=["agency", "voiced_on"], name="facts_by_voice"),
            models.Index(fields=["place", "filed_on"], name="facts_by_place"),
            models.Index(
                fields=["agency", "filed_on"],
                condition=models.Q(is_open=True),
                name="facts_open_by_filing",
            ),
            models.Index(
                fields=["agency"],
                condition=models.Q(is_confidential=True),
                name="facts_confidential",
            ),
        ]

    def __str__(self) -> str:
        return str(self.ticket_id)


class FactsMonth(models.Model):
    """A month that is over, as figures count the rows of one agency in it (`queries.figures.months`). Derived
    from them: written by a worker, gone with the first change of any of its rows.

    `month`: its first day. `mark`: by which definitions and weights it was counted. `sums`: the values of
    all figures as JSON; `shape`: the valid tickets of each day, place and category.
    """

    agency = models.ForeignKey(
        Agency, verbose_name=_("承办单位"), on_delete=models.CASCADE, related_name="+"
    )
    month = models.DateField()
    mark = models.CharField(max_length=32)
    sums = models.TextField()
    shape = models.TextField()

    class Meta:
        verbose_name = _("工单月度统计")
        verbose_name_plural = _("工单月度统计")
        constraints = [
            models.UniqueConstraint(
                fields=["month", "agency"], name="one_count_per_month_and_agency"
            )
        ]

    def __str__(self) -> str:
        return f"{self.agency_id} {self.month:%Y-%m}"
