"""Characters of a scan, by the extra `ocr` where it is installed."""

import functools
from typing import Any

import numpy as np

from minxin.text.documents.pdf import Recognise

LEAST = 0.5  # how sure a line must be to be kept


@functools.cache
def recogniser() -> Recognise | None:
    """What reads a picture's lines; None where the extra is not installed. Made once: it loads models."""
    try:
        from rapidocr_onnxruntime import RapidOCR
    except ImportError:
        return None
    engine = RapidOCR()

    def recognise(picture: Any) -> list[str]:
        found, _ = engine(np.asarray(picture.convert("RGB")))
        return [str(line[1]) for line in found or () if float(line[2]) >= LEAST]

    return recognise
