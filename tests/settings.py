"""The project's settings in a home of their own, with cheap passwords and unhashed static names."""

import atexit
import os
import shutil
import tempfile

_home = tempfile.mkdtemp(prefix="minxin-test-")
atexit.register(shutil.rmtree, _home, ignore_errors=True)
os.environ["MINXIN_HOME"] = _home
for _name in ("MINXIN_DATABASE_URL", "MINXIN_READY_FILE", "MINXIN_REQUIRE_TOTP"):
    os.environ.pop(_name, None)

from minxin.site.settings import *  # noqa: E402,F403
from minxin.site.settings import STORAGES  # noqa: E402

STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
