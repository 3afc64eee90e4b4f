"""Where a process says over HTTP how it is.

settings  where that is
server    /healthz and /readyz
"""

from adapters.health.settings import HealthSettings

__all__ = ["HealthSettings"]
