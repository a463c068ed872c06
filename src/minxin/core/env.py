"""Settings from the environment, typed, each also readable from a file named by `<NAME>_FILE`."""

import os
import secrets
from pathlib import Path


class BadSetting(Exception):
    """A setting is present but means nothing; the message names it and says what is expected."""


def text(name: str, default: str = "") -> str:
    """The setting's text, stripped; a file named by `<NAME>_FILE` wins over the default."""
    value = os.environ.get(name)
    if value is not None:
        return value.strip()
    path = os.environ.get(f"{name}_FILE")
    if path:
        try:
            return Path(path).read_text(encoding="utf-8").strip()
        except OSError as error:
            raise BadSetting(
                f"{name}_FILE points to a file that cannot be read: {error}"
            ) from error
    return default


def flag(name: str, default: bool = False) -> bool:
    """True for 1/true/yes/on, False for 0/false/no/off."""
    value = text(name).lower()
    if not value:
        return default
    if value in {"1", "true", "yes", "on"}:
        return True
    if value in {"0", "false", "no", "off"}:
        return False
    raise BadSetting(f"{name} must be one of 1, 0, true, false, yes, no, on, off; it is {value!r}")


def number(name: str, default: int) -> int:
    """A whole number."""
    value = text(name)
    if not value:
        return default
    try:
        return int(value)
    except ValueError as error:
        raise BadSetting(f"{name} must be a whole number; it is {value!r}") from error


def shares(name: str, default: str, count: int) -> list[float]:
    """So many numbers from 0 to 1, comma-separated."""
    try:
        found = [float(each) for each in words(name, default)]
    except ValueError as error:
        raise BadSetting(f"{name} must be numbers, comma-separated; see docs") from error
    if len(found) != count or not all(0 <= each <= 1 for each in found):
        raise BadSetting(f"{name} must be {count} numbers from 0 to 1, comma-separated")
    return found


def words(name: str, default: str = "") -> list[str]:
    """A comma-separated list without empty items."""
    return [word for word in (part.strip() for part in text(name, default).split(",")) if word]


def secret(name: str, path: Path, length: int = 32) -> str:
    """A secret from the environment, or one made once and kept in `path` (mode 0600).

    Returns `length` random bytes as hex. Two processes that start together agree: the file is
    linked into place, and the loser reads what the winner wrote.
    """
    given = text(name)
    if given:
        return given
    if path.exists():
        return path.read_text(encoding="utf-8").strip()
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(secrets.token_hex(length))
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
    return path.read_text(encoding="utf-8").strip()
