"""What all tests share."""

import logging
import os
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

from tests.forked.starting import digestbot, serving

# A busy machine is no fault of the code: no example fails for the time it takes.
settings.register_profile("digestbot", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("digestbot")


def pytest_xdist_auto_num_workers() -> int:
    """Return how many tests run at once: most of their time they wait, for a process, a server or a clock."""
    return 3 * (os.cpu_count() or 1)


@pytest.fixture(scope="session")
def forked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[str]]:
    """Yield the words before those of a command that a digestbot forks for, which is loaded already."""
    with serving(tmp_path_factory.mktemp("forked") / "socket") as address:
        yield digestbot(address)


@pytest.fixture
def logging_restored() -> Iterator[None]:
    """Leave the process's logging as it was found."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    logging.captureWarnings(capture=False)
    root.handlers[:] = handlers
    root.setLevel(level)
    for name in ("bot", "adapters"):
        logging.getLogger(name).setLevel(logging.NOTSET)
