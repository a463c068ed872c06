"""The Django application."""

from django.apps import AppConfig


class ConversationsConfig(AppConfig):
    """Messages in and out, the outgoing queue, hand-over to a person."""

    name = "minxin.conversations"
    label = "conversations"
    verbose_name = "会话"
    default_auto_field = "django.db.models.BigAutoField"
