"""Where a process says over HTTP how it is.

settings  where that is
server    /healthz, /readyz and /metrics
metrics   counts what happens, for /metrics
"""

from adapters.health.settings import HealthSettings

__all__ = ["HealthSettings"]
