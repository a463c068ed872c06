"""Tests of one group run on one worker: they share a port, an installation or a process."""

import os

import pytest


@pytest.mark.xdist_group("guarded")
def test_a_group_is_in_the_names_the_scheduler_sees(request: pytest.FixtureRequest) -> None:
    if "PYTEST_XDIST_WORKER" not in os.environ or not request.config.getoption("loadgroup"):
        return  # one process: nothing to schedule
    # pytest 9.2 with pytest-xdist 3.8 loses the mark without a word; two `npm ci` then run at once.
    assert request.node.nodeid.endswith("@guarded")
