"""What the worker does for conversations."""

import threading
from datetime import datetime

from django.utils import timezone
from django_tasks import task

from minxin.conversations import commenting
from minxin.conversations.courier import Courier
from minxin.conversations.models import CommentAct, CommentedArticle


def run_outgoing(stop: threading.Event) -> None:
    """Deliver the outgoing queue until `stop` is set."""
    Courier().run(stop)


@task()
def read_comments() -> None:
    """The comments of the articles whose time has come."""
    commenting.look_at_due(now=timezone.now())


@task()
def carry_out_comments() -> None:
    """What staff asked for about comments."""
    commenting.carry_out_due(now=timezone.now())


def wake_comments(now: datetime) -> None:
    """Let a worker read comments where any are due."""
    if CommentedArticle.objects.filter(due_at__lte=now).exists():
        read_comments.enqueue()


def wake_comment_acts(now: datetime) -> None:
    """Let a worker do what is due; what was asked for a moment ago has its own waking."""
    if CommentAct.objects.filter(status__in=["waiting", "running"], due_at__lte=now).exists():
        carry_out_comments.enqueue()
