"""The Django application."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """The register of accounts and their credentials."""

    name = "minxin.accounts"
    label = "accounts"
    verbose_name = "账号"
    default_auto_field = "django.db.models.BigAutoField"
