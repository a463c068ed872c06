"""The Django application."""

from django.apps import AppConfig


class AgenciesConfig(AppConfig):
    """The agency tree, its staff and what each may see."""

    name = "minxin.agencies"
    label = "agencies"
    verbose_name = "机构与人员"
    default_auto_field = "django.db.models.BigAutoField"
