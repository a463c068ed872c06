"""The Django application of the composition root: start page, health, system checks."""

from django.apps import AppConfig
from django.contrib.staticfiles.apps import StaticFilesConfig


class StaticConfig(StaticFilesConfig):
    """Static files, but for those of django-ninja's second reader, which no page of ours opens."""

    ignore_patterns = [*StaticFilesConfig.ignore_patterns, "redoc*"]


class SiteConfig(AppConfig):
    """Start page and system checks."""

    name = "minxin.site"
    label = "site"
    verbose_name = "民信"

    def ready(self) -> None:
        from minxin.site import checks  # noqa: F401  (registers them)
