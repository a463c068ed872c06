"""The Django application."""

from django.apps import AppConfig


class CitizensConfig(AppConfig):
    """Followers: the only home of identifiers and contact fields."""

    name = "minxin.citizens"
    label = "citizens"
    verbose_name = "市民"
    default_auto_field = "django.db.models.BigAutoField"
