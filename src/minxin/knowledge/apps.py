"""The Django application."""

from django.apps import AppConfig


class KnowledgeConfig(AppConfig):
    """Entries with validity dates, retrieval, unanswered questions."""

    name = "minxin.knowledge"
    label = "knowledge"
    verbose_name = "知识"
    default_auto_field = "django.db.models.BigAutoField"
