"""The classifier in use, read once and kept: whoever asks first waits for the file, nobody else does."""

import threading
from pathlib import Path

from django.conf import settings
from django.db.models import QuerySet

from minxin.core.errors import NotFound
from minxin.text.classifier import Classifier, Unreadable, load
from minxin.tickets.models import RouterModel

FOLDER = "router"

_lock = threading.Lock()
_opened: tuple[Path, int, Classifier] | None = None


def file_of(number: int) -> Path:
    """Where the model of a row lies."""
    return Path(settings.MINXIN_HOME) / FOLDER / f"{number}.npz"


def router_models() -> QuerySet[RouterModel]:
    """All trainings, the newest first."""
    return RouterModel.objects.select_related("started_by", "adopted_by")


def router_model_for(number: int) -> RouterModel:
    """One of them; `NotFound` otherwise."""
    found = router_models().filter(pk=number).first()
    if found is None:
        raise NotFound
    return found


def adopted_router() -> RouterModel | None:
    """The model in use."""
    return RouterModel.objects.filter(status=RouterModel.Status.ADOPTED).first()


def classifier_of(row: RouterModel | None) -> Classifier | None:
    """The classifier of a row; None without one, or when its file is gone or damaged."""
    global _opened
    if row is None:
        return None
    path = file_of(row.pk)
    with _lock:
        try:
            changed = path.stat().st_mtime_ns
            if _opened is None or _opened[:2] != (path, changed):
                _opened = (path, changed, load(path))
        except (OSError, Unreadable):
            return None
        return _opened[2]
