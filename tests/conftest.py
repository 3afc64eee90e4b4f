"""What all tests share."""

import logging
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

# A busy machine is no fault of the code: no example fails for the time it takes.
settings.register_profile("digestbot", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("digestbot")


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
