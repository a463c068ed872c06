"""The `minxin` command: the composition root. Nothing imports it.

Each subcommand is one file with `add_arguments(parser)` and `run(arguments) -> int`; it is imported
only when asked for, so that `minxin --help` needs no Django.
"""

import argparse
import importlib
import os
import sys
from collections.abc import Sequence

COMMANDS = {
    "run": "start everything on this machine, with the fictional city and the simulator",
    "web": "serve the gateway and the site",
    "worker": "deliver outgoing messages and do background work",
    "clock": "strike the schedule",
    "simulator": "serve the local WeChat with its phone",
    "hotline": "serve the simulated 12345 platform of the fictional city",
    "begin": "make the first agency and its administrator, in an empty city",
    "demo": "load the fictional city, or replay its journeys",
    "check": "check settings, database, keys and the outside world",
    "bench": "measure one thing and print it as JSON",
    "backup": "write database, keys and files into one archive",
    "restore": "put an archive back",
    "manage": "Django's own commands",
}


def main(argv: Sequence[str] | None = None) -> int:
    """Run one subcommand; the result is the exit code."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "minxin.site.settings")
    words = list(sys.argv[1:] if argv is None else argv)
    if words[:1] == ["manage"]:
        from django.core.management import execute_from_command_line

        execute_from_command_line(["minxin manage", *words[1:]])
        return 0
    parser = argparse.ArgumentParser(
        prog="minxin",
        description="民信: a city's government accounts on WeChat, run and supervised.",
    )
    parser.add_argument("command", choices=sorted(COMMANDS), metavar="command", help=_listing())
    chosen = parser.parse_args(words[:1]).command
    command = importlib.import_module(f"minxin.cli.{chosen}")
    own = argparse.ArgumentParser(prog=f"minxin {chosen}", description=COMMANDS[chosen])
    command.add_arguments(own)
    try:
        return int(command.run(own.parse_args(words[1:])) or 0)
    except KeyboardInterrupt:
        return 130


def _listing() -> str:
    return "; ".join(f"{name}: {what}" for name, what in COMMANDS.items())
