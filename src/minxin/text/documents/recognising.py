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
    # Each line for itself: put together they are filled up to the longest. Which way up they are is not asked of every
    # line; a page that cannot be read so is turned as a whole. One thread: several wait for each other by spinning.
    engine = RapidOCR(use_cls=False, rec_batch_num=1, intra_op_num_threads=1)

    def recognise(picture: Any) -> Recognised:
        return best_turned(picture, lambda turned: seen(engine(np.asarray(turned))[0]))

    return recognise


def best_turned(picture: Any, look: Recognise) -> Recognised:
    """What is seen on a picture as it lies, or turned where that is surer. An empty page is not turned."""
    plain = picture.convert("RGB")
    best = look(plain)
    if not best.sure:
        return best  # nothing is there
    for turn in TURNS:
        if best.sure >= SURE:
            break
        best = max(best, look(plain.rotate(turn, expand=True)), key=lambda found: found.sure)
    return best


def seen(found: Any) -> Recognised:
    """What the engine found, as lines: each with its corners, its text, how sure it is of it."""
    lines = [(corners, str(text), float(sure)) for corners, text, sure in found or ()]
    kept = tuple(text for _corners, text, sure in lines if sure >= LEAST)
    characters = sum(len(text) for _corners, text, _sure in lines)
    sure = sum(len(text) * sure * _is_level(corners) for corners, text, sure in lines)
    return Recognised(kept, sure / max(characters, 1))


def _is_level(corners: Any) -> float:
    """Half for a line that stands on its end: each is read then, but not in their order."""
    across = [float(corner[0]) for corner in corners]
    down = [float(corner[1]) for corner in corners]
    return 0.5 if max(down) - min(down) > 1.5 * (max(across) - min(across)) else 1.0
