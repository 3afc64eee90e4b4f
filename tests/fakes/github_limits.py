"""Who asks, and how much more they may: credentials, quotas and secondary limits, on the fake's clock."""

import base64
import binascii
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import jwt

from tests.fakes.github_answers import Refusal, bad_credentials, error, primary_limit, secondary_limit
from tests.fakes.github_world import App, Token, World

Clock = Callable[[], float]
"""Seconds since 1970."""

LIMITS = {"core": 5000, "search": 30, "graphql": 5000}
ANONYMOUS_LIMITS = {"core": 60, "search": 10, "graphql": 0}
_WINDOWS = {"core": 3600, "search": 60, "graphql": 3600}
CONCURRENT = 100
POINTS_A_MINUTE = {"core": 900, "search": 900, "graphql": 2000}


@dataclass(frozen=True, slots=True)
class Caller:
    """Whoever sent a request: with a token, as an app, or anonymously."""

    secret: str | None = None
    token: Token | None = None
    app: App | None = None

    @property
    def words(self) -> str:
        """How an error names the caller."""
        return f"user {self.token.login}" if self.token else "127.0.0.1"


def identify(header: str | None, world: World, clock: Clock) -> Caller:
    """Return who an Authorization header stands for. Raises Refusal for credentials that are not good."""
    if not header:
        return Caller()
    scheme, _, value = header.partition(" ")
    secret = _password(value) if scheme.lower() == "basic" else value.strip()
    if secret.count(".") == 2:
        return Caller(app=_app(secret, world, clock))
    token = world.tokens.get(secret)
    if scheme.lower() not in {"bearer", "token", "basic"} or token is None:
        raise Refusal(bad_credentials())
    if token.expires_at and token.expires_at.timestamp() <= clock():
        raise Refusal(bad_credentials())
    return Caller(secret, token)


def _password(value: str) -> str:
    try:
        return base64.b64decode(value, validate=True).decode().partition(":")[2]
    except (binascii.Error, UnicodeDecodeError):
        return ""


def _app(secret: str, world: World, clock: Clock) -> App:
    """Return the app that signed a token, which is valid for ten minutes at most."""
    if world.app is None:
        raise Refusal(bad_credentials())
    try:  # the times are checked against the fake's clock
        claims = jwt.decode(
            secret, world.app.public_key, algorithms=["RS256"], options={"verify_exp": False, "verify_iat": False}
        )
        issued, expires, issuer = float(claims["iat"]), float(claims["exp"]), str(claims["iss"])
    except (jwt.InvalidTokenError, KeyError, ValueError):
        raise Refusal(error(401, "A JSON web token could not be decoded")) from None
    if issuer != str(world.app.id):
        raise Refusal(error(404, "Integration not found"))
    if not issued <= clock() < expires or expires - clock() > 600:
        raise Refusal(error(401, "'Expiration time' claim ('exp') is too far in the future, or past"))
    return world.app


@dataclass(slots=True)
class _Quota:
    limit: int
    reset: float
    used: int = 0


@dataclass(slots=True)
class Limits:
    """The quotas of every caller. `limits` and `anonymous` may be changed before the first request of a caller."""

    clock: Clock
    limits: dict[str, int] = field(default_factory=lambda: dict(LIMITS))
    anonymous: dict[str, int] = field(default_factory=lambda: dict(ANONYMOUS_LIMITS))
    concurrent: int = CONCURRENT
    points_a_minute: dict[str, int] = field(default_factory=lambda: dict(POINTS_A_MINUTE))
    _quotas: dict[tuple[str | None, str], _Quota] = field(default_factory=dict)
    _recent: dict[tuple[str | None, str], deque[tuple[float, int]]] = field(default_factory=dict)

    def spend(self, caller: Caller, resource: str, cost: int = 1) -> None:
        """Count a request. Raises Refusal when the quota is used up."""
        quota = self._quota(caller, resource)
        if quota.used + cost > quota.limit:
            raise Refusal(primary_limit(caller.words, self.headers(caller, resource)))
        quota.used += cost

    def refund(self, caller: Caller, resource: str) -> None:
        """Take back what an answer of 304 to an authenticated caller had cost."""
        self._quota(caller, resource).used -= 1

    def pace(self, caller: Caller, resource: str, points: int, active: int) -> None:
        """Count against the secondary limits: points a minute, and requests at once. Raises Refusal."""
        now = self.clock()
        recent = self._recent.setdefault((caller.secret, resource), deque())
        while recent and recent[0][0] <= now - 60:
            recent.popleft()
        recent.append((now, points))
        if active > self.concurrent or sum(spent for _, spent in recent) > self.points_a_minute[resource]:
            raise Refusal(secondary_limit())

    def headers(self, caller: Caller, resource: str) -> Mapping[str, str]:
        """Return the headers that tell a caller what is left."""
        state = self.state(caller, resource)
        return {f"x-ratelimit-{name}": str(value) for name, value in state.items()} | {"x-ratelimit-resource": resource}

    def state(self, caller: Caller, resource: str) -> dict[str, int]:
        """Return limit, remaining, used, and the second of the reset."""
        quota = self._quota(caller, resource)
        remaining = max(0, quota.limit - quota.used)
        return {"limit": quota.limit, "remaining": remaining, "used": quota.used, "reset": int(quota.reset)}

    def _quota(self, caller: Caller, resource: str) -> _Quota:
        key = (caller.secret, resource)
        known = self._quotas.get(key)
        if known is None or known.reset <= self.clock():
            limits = self.limits if caller.token or caller.app else self.anonymous
            known = self._quotas[key] = _Quota(limits[resource], self.clock() + _WINDOWS[resource])
        return known
