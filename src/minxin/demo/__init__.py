"""The fictional city 云溪市: people, answers, a week of conversations, journeys.

Everything is made by the rooms' own actions or comes in through the simulator's HTTP; no row is
written past them. Loading twice changes nothing.
"""

from minxin.demo.loading import load
from minxin.demo.playing import replay

__all__ = ["load", "replay"]
