"""Add the texts that have no English yet to the catalogue, at its end, to be translated there.

Django's own `makemessages` alone would throw away what is translated by value: sentences of the error
table, texts kept in rows. So its template is read, and only what is missing is taken. Needs Debian's
gettext.
"""

import os
import subprocess
import sys
from pathlib import Path

from babel.messages.pofile import read_po

SOURCE = Path(__file__).resolve().parents[1] / "src" / "minxin"
LOCALES = SOURCE / "site" / "locale"
CATALOGUE = LOCALES / "en" / "LC_MESSAGES" / "django.po"
TEMPLATE = LOCALES / "django.pot"
# Not read in English: the local WeChat and the fictional city speak Chinese.
IGNORED = ("simulator/*", "demo/*", "*/migrations/*", "*/static/*")


def main() -> None:
    """Collect, and tell how many texts wait for their English."""
    before = CATALOGUE.read_text()
    command = [sys.executable, "-m", "django", "makemessages", "--locale", "en", "--no-location",
               "--keep-pot", *(f"--ignore={each}" for each in IGNORED)]  # fmt: skip
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "minxin.site.settings"}
    try:
        subprocess.run(command, cwd=SOURCE, check=True, env=environment)
        with TEMPLATE.open("rb") as file:
            used = [each for each in read_po(file) if each.id]
    finally:
        CATALOGUE.write_text(before)
        TEMPLATE.unlink(missing_ok=True)
    with CATALOGUE.open("rb") as file:
        known = {each.id for each in read_po(file)}
    missing = [each for each in used if each.id not in known]
    with CATALOGUE.open("a") as file:
        for each in missing:
            marks = "#, python-format\n" if each.python_format else ""
            file.write(f'\n{marks}msgid {_quoted(each.id)}\nmsgstr ""\n')
    print(f"{len(missing)} texts wait for their English at the end of {CATALOGUE.name}.")


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


if __name__ == "__main__":
    main()
