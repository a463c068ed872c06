"""`minxin check`: is this installation fit to run?"""

import argparse


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--deploy", action="store_true", help="also what matters in production")


def run(arguments: argparse.Namespace) -> int:
    """Run every system check; each finding has an id and a hint. 1 when one is an error."""
    import django
    from django.core.management import call_command
    from django.core.management.base import SystemCheckError

    django.setup()
    try:
        call_command("check", deploy=arguments.deploy, databases=["default"])
    except SystemCheckError as error:
        print(error)
        return 1
    return 0
