"""Where what is done for somebody is told as traces of OpenTelemetry.

settings  where that is
opening   opens it if it is set, and checks it; the way in
sending   brings spans to a collector, and says once if that fails
spans     notes spans

Nothing of OpenTelemetry is loaded unless traces are set.
"""

from adapters.traces.opening import check, tracing
from adapters.traces.settings import TracesSettings

__all__ = ["TracesSettings", "check", "tracing"]
