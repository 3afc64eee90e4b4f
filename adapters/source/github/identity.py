"""Which credential to ask with: none, the token of the settings, or an hourly token of an app's installation."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from pydantic import SecretStr

from adapters.source.github.api import Api
from adapters.source.github.credentials import Anonymous, AppKey, Credential, Token
from adapters.source.github.failures import Kind, RequestFailed
from adapters.source.github.settings import GitHubSettings
from adapters.source.github.shapes import Installation, InstallationToken, read
from bot.errors import ConfigurationError, CredentialRefused
from bot.ports import Clock

_MARGIN = timedelta(minutes=10)
"""A token is replaced so long before it expires, so that a fetch that begins with it can end with it."""

_INSTALLATIONS_KEPT = timedelta(hours=1)
_APP_REMEDY = "Check GITHUB_APP_ID, the private key, and that the app is installed."


@dataclass(frozen=True, slots=True)
class _Issued:
    token: Token
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class _Installations:
    by_owner: Mapping[str, int]
    seen_at: datetime


class Identity:
    """Gives the credential for an owner's repositories.

    An app that is not installed on an account asks as one of its other installations, which may read what is public.
    """

    def __init__(self, settings: GitHubSettings, api: Api, clock: Clock) -> None:
        self._settings = settings
        self._api = api
        self._clock = clock
        self._issued: dict[int, _Issued] = {}
        self._installations: _Installations | None = None
        self._once = asyncio.Lock()

    @property
    def anonymous(self) -> bool:
        """Whether GitHub is asked as nobody in particular."""
        return not self._settings.token and not self._settings.app_id

    async def credential(self, owner: str | None = None) -> Credential:
        """Return the credential to ask with. Raises RequestFailed, CredentialRefused, ConfigurationError."""
        if self._settings.token:
            return Token(self._settings.token)
        if not self._settings.app_id:
            return Anonymous()
        app = AppKey(self._settings.app_id, self._private_key())
        async with self._once:
            try:
                return await self._token_of(app, self._settings.app_installation_id or await self._find(app, owner))
            except RequestFailed as failed:
                if failed.failure.kind in (Kind.UNAUTHORISED, Kind.FORBIDDEN, Kind.MISSING):
                    raise CredentialRefused("GitHub does not accept the app.", remedy=_APP_REMEDY) from None
                raise

    def _private_key(self) -> SecretStr:
        settings = self._settings
        if settings.app_private_key:
            # Where a variable cannot hold line feeds, they are written as \n.
            return SecretStr(settings.app_private_key.get_secret_value().replace("\\n", "\n"))
        try:
            return SecretStr(settings.app_private_key_path.read_text("ascii") if settings.app_private_key_path else "")
        except (OSError, UnicodeDecodeError):
            message = "The file of GITHUB_APP_PRIVATE_KEY_PATH cannot be read."
            raise ConfigurationError(message, remedy="Give the path of the app's private key in PEM.") from None

    async def _find(self, app: AppKey, owner: str | None) -> int:
        """Return the installation on an owner's account, else the first of all."""
        now = self._clock.now()
        if self._installations is None or self._installations.seen_at + _INSTALLATIONS_KEPT <= now:
            answer = await self._api.get("/app/installations", app, {"per_page": "100"})
            by_owner = {each.account.login.lower(): each.id for each in read(list[Installation], answer)}
            self._installations = _Installations(by_owner, now)
        by_owner = dict(self._installations.by_owner)
        if not by_owner:
            raise CredentialRefused("The GitHub App is not installed anywhere.", remedy=_APP_REMEDY)
        return by_owner.get((owner or "").lower(), next(iter(by_owner.values())))

    async def _token_of(self, app: AppKey, installation: int) -> Token:
        issued = self._issued.get(installation)
        if issued is None or issued.expires_at - _MARGIN <= self._clock.now():
            answer = await self._api.post(f"/app/installations/{installation}/access_tokens", app)
            fresh = read(InstallationToken, answer)
            issued = self._issued[installation] = _Issued(Token(fresh.token), fresh.expires_at)
        return issued.token
