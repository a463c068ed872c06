"""Characters of a scan, by the extra `ocr` where it is installed."""

import functools
from typing import Any

import numpy as np

from minxin.text.documents.pdf import SURE, Recognise, Recognised

LEAST = 0.5  # how sure a line must be to be kept
TURNS = (180, 90, 270)  # degrees: how a page may lie that is not recognised surely as it is


@functools.cache
def recogniser() -> Recognise | None:
    """What reads a picture's lines; None where the extra is not installed. Made once: it loads models."""
    try:
        from rapidocr_onnxruntime import RapidOCR
    except ImportError:
        return None
    # Each line for itself: put together they are filled up to the longest, which takes nearly twice the time. Which
    # way up they are is not asked of every line; a page that cannot be read so is turned as a whole.
    engine = RapidOCR(use_cls=False, rec_batch_num=1)

    def recognise(picture: Any) -> Recognised:
        return best_turned(picture, lambda turned: _seen(engine(np.asarray(turned))[0]))

    return recognise


def best_turned(picture: Any, look: Recognise) -> Recognised:
    """What is seen on a picture as it lies, or turned where that is surer. An empty page is not turned."""
    plain = picture.convert("RGB")
    best = look(plain)
    if not best.lines:
        return best
    for turn in TURNS:
        if best.sure >= SURE:
            break
        best = max(best, look(plain.rotate(turn, expand=True)), key=lambda found: found.sure)
    return best


def _seen(found: Any) -> Recognised:
    lines = [(str(line[1]), float(line[2])) for line in found or ()]
    kept = tuple(text for text, sure in lines if sure >= LEAST)
    characters = sum(len(text) for text, _sure in lines)
    sure = sum(len(text) * sure for text, sure in lines) / max(characters, 1)
    return Recognised(kept, sure)
