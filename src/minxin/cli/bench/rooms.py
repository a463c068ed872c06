"""A Minxin of its own for a bench: a fresh home, and code run in processes with Django."""

import os
import subprocess
import sys


def environment(home: str, **settings: str) -> dict[str, str]:
    """What a process needs to use a new, empty Minxin in `home`."""
    env = {name: value for name, value in os.environ.items() if not name.startswith("MINXIN_")}
    env |= {
        "MINXIN_HOME": home,
        "MINXIN_LOG_LEVEL": "WARNING",
        "DJANGO_SETTINGS_MODULE": "minxin.site.settings",
        **settings,
    }
    for words in (["migrate"], ["collectstatic", "--no-input"]):
        subprocess.run(  # noqa: S603
            [sys.executable, "-m", "minxin.cli", "manage", *words, "--verbosity", "0"],
            env=env,
            check=True,
            stdout=sys.stderr,
        )
    return env


def in_django(env: dict[str, str], code: str, given: str = "") -> str:
    """Run lines of code with Django set up and `sys` at hand; what they printed."""
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-c", f"import sys, django\ndjango.setup()\n{code}"],
        env=env,
        check=True,
        input=given,
        stdout=subprocess.PIPE,
        text=True,
    )
    return done.stdout
