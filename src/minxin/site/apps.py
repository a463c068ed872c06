"""The Django application of the composition root: start page, health, system checks."""

from django.apps import AppConfig


class SiteConfig(AppConfig):
    """Start page and system checks."""

    name = "minxin.site"
    label = "site"
    verbose_name = "民信"

    def ready(self) -> None:
        from minxin.site import checks  # noqa: F401  (registers them)
