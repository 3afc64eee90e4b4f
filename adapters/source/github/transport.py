"""PyGithub, and everything that is particular to it. No other module knows that it is there.

PyGithub does the protocol: authentication, redirections, the pace of requests. Of its objects only the requester is
used: the others send requests of their own for attributes that an answer lacks, which no budget would know of.
"""

import logging
import threading
from typing import Any

import github
from github import Auth
from requests import RequestException

from adapters.source.github.credentials import Anonymous, AppKey, Credential, Token
from adapters.source.github.exchange import GRAPHQL, Reply, Request
from adapters.source.github.failures import Failure, Kind, RequestFailed, failure_of_answer

_HEADERS = {"Accept": "application/vnd.github+json"}
_API_VERSION = "2022-11-28"


class Transport:
    """Sends requests, and waits for them in the calling thread. Any number of threads may use it.

    A `Github` object that threads share gives one the answer to another's request, so each thread has its own.
    """

    def __init__(self, api_url: str, *, timeout: int, seconds_between_requests: float) -> None:
        self._options: dict[str, Any] = {
            "base_url": api_url,
            "timeout": timeout,
            "seconds_between_requests": seconds_between_requests,
            "seconds_between_writes": None,  # a query is a POST, and nothing is ever written
            "retry": None,  # the decision is ours, so that waits are bounded, announced and testable
            "user_agent": "digestbot",
            "api_version": _API_VERSION,
        }
        self._thread = threading.local()
        self._open: list[github.Github] = []
        _mute()

    def send(self, request: Request) -> Reply:
        """Send one request. Raises RequestFailed."""
        requester = self._client(request.credential).requester
        url = requester.graphql_url if request.path == GRAPHQL else request.path
        parameters = dict(request.parameters) if request.parameters else None
        try:
            headers, answer = requester.requestJsonAndCheck(
                "GET" if request.body is None else "POST", url, parameters, headers=dict(_HEADERS), input=request.body
            )
        except github.GithubException as error:
            headers = {name.lower(): value for name, value in (error.headers or {}).items()}
            raise RequestFailed(failure_of_answer(error.status, headers, error.data)) from None
        except (RequestException, ValueError):  # no answer, or a body that is cut off and no JSON
            raise RequestFailed.because(Kind.UNAVAILABLE) from None
        except (RuntimeError, AssertionError):  # a redirection to another host or scheme, or without an end
            raise RequestFailed.because(Kind.MISDIRECTED) from None
        return Reply(headers, answer)

    def close(self) -> None:
        """Close every connection; no thread may be sending."""
        for client in self._open:
            client.close()
        self._open.clear()

    def _client(self, credential: Credential) -> github.Github:
        """Return this thread's client. It is made anew when the credential is another, as an hourly token is."""
        known: tuple[Credential, github.Github] | None = getattr(self._thread, "client", None)
        if known and known[0] == credential:
            return known[1]
        if known:
            known[1].close()
            self._open.remove(known[1])
        client = github.Github(auth=_auth(credential), **self._options)
        self._open.append(client)
        self._thread.client = (credential, client)
        return client


def _auth(credential: Credential) -> Auth.Auth | None:
    match credential:
        case Anonymous():
            return None
        case Token(secret):
            return Auth.Token(secret.get_secret_value())
        case AppKey(app_id, key):
            return _SignedByApp(app_id, key.get_secret_value())


class _SignedByApp(Auth.AppAuth):
    """Says in our words when the key cannot sign."""

    @property
    def token(self) -> str:
        try:
            return super().token
        except Exception:  # noqa: BLE001 -- the libraries beneath share no class of error, and theirs may show the key
            raise RequestFailed(Failure(Kind.UNAUTHORISED)) from None


def _mute() -> None:
    """Keep PyGithub from logging answers, which it does when debugging: one of them is a fresh token."""
    logger = logging.getLogger("github.Requester")
    if _is_no_debugging not in logger.filters:
        logger.addFilter(_is_no_debugging)


def _is_no_debugging(record: logging.LogRecord) -> bool:
    return record.levelno > logging.DEBUG
