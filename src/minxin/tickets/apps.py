"""The Django application."""

from django.apps import AppConfig


class TicketsConfig(AppConfig):
    """File, route, assign, answer, close, rate."""

    name = "minxin.tickets"
    label = "tickets"
    verbose_name = "诉求工单"
    default_auto_field = "django.db.models.BigAutoField"
