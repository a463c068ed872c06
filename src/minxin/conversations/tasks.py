"""What the worker does for conversations."""

import threading

from minxin.conversations.courier import Courier


def run_outgoing(stop: threading.Event) -> None:
    """Deliver the outgoing queue until `stop` is set."""
    Courier().run(stop)
