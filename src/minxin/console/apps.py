"""The Django application."""

from django.apps import AppConfig


class ConsoleConfig(AppConfig):
    """The door."""

    name = "minxin.console"
    label = "console"
