"""What the worker does for conversations."""

import threading
from datetime import datetime

from django.utils import timezone
from django_tasks import task

from minxin.conversations import commenting
from minxin.conversations.courier import Courier
from minxin.conversations.models import CommentedArticle


def run_outgoing(stop: threading.Event) -> None:
    """Deliver the outgoing queue until `stop` is set."""
    Courier().run(stop)


@task()
def read_comments() -> None:
    """The comments of the articles whose time has come."""
    commenting.look_at_due(now=timezone.now())


@task()
def read_comments_of(number: int) -> None:
    """Those of one article, because somebody asked for them."""
    article = CommentedArticle.objects.filter(pk=number).select_related("account").first()
    if article is not None:
        commenting.look(article, now=timezone.now())


@task()
def carry_out_comments() -> None:
    """What staff asked for about comments and articles."""
    commenting.carry_out_due(now=timezone.now())


def wake_comments(now: datetime) -> None:
    """Let a worker read comments where any are due."""
    if CommentedArticle.objects.filter(due_at__lte=now).exists():
        read_comments.enqueue()


def wake_comment_acts(now: datetime) -> None:
    """Let a worker do what is due; what was asked for a moment ago has its own waking."""
    asked = (kind.objects.filter(status__in=["waiting", "running"]) for kind in commenting.KINDS)
    if any(rows.filter(due_at__lte=now).exists() for rows in asked):
        carry_out_comments.enqueue()
