"""The Django application."""

from django.apps import AppConfig


class ReportsConfig(AppConfig):
    """Notices, periodic reports, filing forms."""

    name = "minxin.reports"
    label = "reports"
    verbose_name = "报表"
    default_auto_field = "django.db.models.BigAutoField"
