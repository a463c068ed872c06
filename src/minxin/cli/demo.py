"""`minxin demo`: the fictional city 云溪市."""

import argparse
import sys


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--again", action="store_true", help="replay the journeys once more")


def run(arguments: argparse.Namespace) -> int:
    """Load the city where it is missing; a second run changes nothing."""
    import django

    django.setup()
    from django.utils import timezone

    from minxin import demo

    demo.load(now=timezone.now(), stdout=sys.stdout)
    if arguments.again:
        demo.replay(now=timezone.now(), stdout=sys.stdout)
    return 0
