"""The Django application."""

from django.apps import AppConfig


class SupervisionConfig(AppConfig):
    """Traces of updates, the update clock, candidates for findings."""

    name = "minxin.supervision"
    label = "supervision"
    verbose_name = "政务新媒体监管"
    default_auto_field = "django.db.models.BigAutoField"
