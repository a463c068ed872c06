"""Table: whether an answer was of use to the citizen who read it."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from minxin.agencies.models import Agency
from minxin.agencies.scope import scoped
from minxin.citizens.models import Citizen
from minxin.knowledge.models.documents import Document
from minxin.knowledge.models.entries import Entry


class AnswerRating(models.Model):
    """One citizen's word on one answer: an entry, or a passage of a document. Her last word counts.

    `agency`: whose account gave it. `is_counted`: it went once to the unanswered questions as not of use.
    `citizen` None: she unfollowed; the word stays counted and is nobody's.
    """

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    citizen = models.ForeignKey(Citizen, null=True, on_delete=models.SET_NULL, related_name="+")
    entry = models.ForeignKey(Entry, null=True, on_delete=models.CASCADE, related_name="ratings")
    document = models.ForeignKey(
        Document, null=True, on_delete=models.CASCADE, related_name="ratings"
    )
    position = models.PositiveIntegerField(null=True)
    is_useful = models.BooleanField(_("有用"))
    is_counted = models.BooleanField(default=False)
    rated_at = models.DateTimeField(_("评价时间"), db_index=True)

    objects = scoped("agency__path")

    class Meta:
        verbose_name = _("有用评价")
        verbose_name_plural = _("有用评价")
        ordering = ("-rated_at", "-id")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(entry__isnull=False, document=None, position=None)
                | models.Q(entry=None, document__isnull=False, position__isnull=False),
                name="rating_is_of_an_entry_or_a_passage",
            ),
            models.UniqueConstraint(
                fields=["citizen", "entry"], name="one_rating_per_citizen_and_entry"
            ),
            models.UniqueConstraint(
                fields=["citizen", "document", "position"],
                name="one_rating_per_citizen_and_passage",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.entry_id or self.document_id} {self.is_useful}"
