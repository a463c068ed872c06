"""`minxin clock`: strikes the schedule."""

import argparse


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--list", action="store_true", help="print the schedule and stop")


def run(arguments: argparse.Namespace) -> int:
    """Run until SIGINT or SIGTERM."""
    import django

    django.setup()
    from minxin.cli.worker import run_loops
    from minxin.clock.schedule import SCHEDULE
    from minxin.clock.striking import run_schedule

    if arguments.list:
        for entry in SCHEDULE:
            print(f"{entry.when!s:<14} {entry.name:<32} {entry.purpose}")
        return 0
    return run_loops({"schedule": run_schedule})
