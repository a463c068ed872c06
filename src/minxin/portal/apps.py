"""The Django application."""

from django.apps import AppConfig


class PortalConfig(AppConfig):
    """The door."""

    name = "minxin.portal"
    label = "portal"
