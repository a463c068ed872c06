"""What the gateway counts per message: plain numbers, handed to Prometheus when it asks.

A counter and a histogram of the client library cost four microseconds a message together, more than
reading the message does.
"""

from bisect import bisect_left
from collections.abc import Iterator

from prometheus_client import REGISTRY
from prometheus_client.core import CounterMetricFamily, HistogramMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

BOUNDS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5, 1.0, 4.5)  # seconds


class Figures(Collector):
    """Answers by outcome, and how long they took. Written on the event loop only."""

    def __init__(self) -> None:
        self.answered = 0
        self.silent = 0
        self.later = 0
        self.refused = 0
        self.failed = 0
        self._within = [0] * (len(BOUNDS) + 1)
        self._seconds = 0.0

    def took(self, seconds: float) -> None:
        """Note the time of one answer."""
        self._within[bisect_left(BOUNDS, seconds)] += 1
        self._seconds += seconds

    def collect(self) -> Iterator[Metric]:
        """For the registry."""
        answers = CounterMetricFamily(
            "minxin_gateway_answers", "Answers to WeChat", labels=["outcome"]
        )
        for outcome in ("answered", "silent", "later", "refused", "failed"):
            answers.add_metric([outcome], getattr(self, outcome))
        yield answers
        buckets, total = [], 0
        for bound, count in zip((*BOUNDS, float("inf")), self._within, strict=True):
            total += count
            buckets.append(("+Inf" if bound == float("inf") else str(bound), float(total)))
        times = HistogramMetricFamily(
            "minxin_gateway_seconds", "From a push's last byte to our answer"
        )
        times.add_metric([], buckets, self._seconds)
        yield times


FIGURES = Figures()
REGISTRY.register(FIGURES)
