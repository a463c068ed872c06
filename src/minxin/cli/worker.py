"""`minxin worker`: what happens after a citizen has been answered."""

import argparse
import gc
import logging
import signal
import threading
from collections.abc import Callable

log = logging.getLogger("minxin.worker")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--no-tasks", action="store_true", help="leave the task queue to others")


def run(arguments: argparse.Namespace) -> int:
    """Run the loops until SIGINT or SIGTERM; a loop that dies ends the process with 1."""
    import django

    django.setup()
    from minxin.agencies.tasks import run_reminders
    from minxin.conversations.tasks import run_outgoing
    from minxin.gateway.consequences import run_consequences
    from minxin.tickets.tasks import run_handover, run_webhooks

    loops: dict[str, Callable[[threading.Event], None]] = {
        "outgoing": run_outgoing,
        "consequences": run_consequences,
        "reminders": run_reminders,
        "handover": run_handover,
        "webhooks": run_webhooks,
    }
    if not arguments.no_tasks:
        loops["tasks"] = run_tasks
    # What was loaded stays: looking through it for garbage costs 70 ms, with a transaction open or not.
    gc.collect()
    gc.freeze()
    return run_loops(loops)


def run_tasks(stop: threading.Event) -> None:
    """Work the task queue (django-tasks-db) until `stop` is set."""
    from django_tasks_db.management.commands.db_worker import Worker

    worker = Worker(
        queue_names=["*"],
        interval=2.0,
        batch=False,
        backend_name="default",
        startup_delay=False,
        max_tasks=None,
        worker_id=f"minxin-{threading.get_native_id()}",
        excluded_queue_names=[],
    )

    def end() -> None:
        stop.wait()
        worker.running = False

    threading.Thread(target=end, daemon=True, name="tasks-end").start()
    worker.run()


def run_loops(loops: dict[str, Callable[[threading.Event], None]]) -> int:
    """Each loop in a thread of its own; all stop together. 0 when told to stop, 1 when one died."""
    stop = threading.Event()
    died: list[str] = []

    def keep(name: str, loop: Callable[[threading.Event], None]) -> None:
        try:
            loop(stop)
        except Exception:
            log.exception("the loop %s died", name)
            died.append(name)
        finally:
            stop.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    threads = [
        threading.Thread(target=keep, args=item, name=item[0], daemon=True)
        for item in loops.items()
    ]
    for thread in threads:
        thread.start()
    while not stop.wait(0.5):
        pass
    for thread in threads:
        thread.join(8)
    return 1 if died else 0
