"""What all tests share."""

from hypothesis import HealthCheck, settings

# A busy machine is no fault of the code: no example fails for the time it takes.
settings.register_profile("digestbot", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("digestbot")
