"""A Minxin of its own for a bench: a fresh home, and code run in processes with Django."""

import os
import subprocess
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from minxin.accounts.models import Account


def environment(home: str, **settings: str) -> dict[str, str]:
    """What a process needs to use a new, empty Minxin in `home`."""
    env = {name: value for name, value in os.environ.items() if not name.startswith("MINXIN_")}
    env |= {
        "MINXIN_HOME": home,
        "MINXIN_LOG_LEVEL": "WARNING",
        "MINXIN_CITIZEN_PACE": "1000000",  # a few hundred citizens stand for a city: counted, not slowed
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


def one_account(app_id: str, *, secret: str, token: str, aes_key: str) -> "Account":
    """One agency and its verified service account; where Django is set up."""
    from minxin.accounts import actions as accounts
    from minxin.agencies import actions as agencies
    from minxin.core.actors import System

    actor, now = System("bench"), datetime.now(UTC)
    agency = agencies.add_agency(
        code="bench",
        name="云溪市政务服务局",
        parent=None,
        region_code="990100",
        actor=actor,
        now=now,
    )
    account = accounts.register(
        agency=agency, name="云溪政务", kind="service", is_verified=True, actor=actor, now=now
    )
    accounts.set_credentials(
        account,
        app_id=app_id,
        secret=secret,
        token=token,
        aes_key=aes_key,
        actor=actor,
        now=now,
    )
    return account
