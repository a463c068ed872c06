"""The answer index of one process."""

from minxin.knowledge.index.live import LiveIndex

__all__ = ["LiveIndex"]
