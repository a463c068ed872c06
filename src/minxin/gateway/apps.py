"""The Django application."""

from django.apps import AppConfig


class GatewayConfig(AppConfig):
    """The door."""

    name = "minxin.gateway"
    label = "gateway"
