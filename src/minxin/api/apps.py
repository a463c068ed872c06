"""The Django application."""

from django.apps import AppConfig


class ApiConfig(AppConfig):
    """The door."""

    name = "minxin.api"
    label = "api"
