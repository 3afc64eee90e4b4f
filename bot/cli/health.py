"""What `digestbot health` does. It is asked every few seconds, so it loads next to nothing."""

import argparse
import json
import sys
from http.client import HTTPConnection, HTTPException
from typing import Any

from adapters.health import HealthSettings
from bot.cli import outcome
from bot.errors import ConfigurationError, DigestbotError
from bot.present.characters import visible
from bot.settings import ConfigurationFile

WELL, UNWELL = 0, 1
_PATIENCE = 4.0
_LONGEST = 100_000
# What listens at every address of a machine is asked at the nearest.
_EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - nothing listens there


def run(_options: argparse.Namespace) -> int:
    """Ask the process of this machine how it is, say what it answers, and return whether it is well."""
    try:
        settings = ConfigurationFile.read().section(HealthSettings, "health")
        if not settings.on:
            message = "The bot is not set to say how it is."
            raise ConfigurationError(message, remedy="Set port and host in [health].")
    except DigestbotError as error:
        outcome.report(error)
        return UNWELL
    host = _EVERYWHERE.get(settings.host, settings.host)
    try:
        status, body = _asked(host, settings.port)
    except (OSError, HTTPException, ValueError) as error:
        reason = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
        print(f"digestbot: nothing answers at port {settings.port} of {host} ({reason}).", file=sys.stderr)
        return UNWELL
    told = ", ".join(f"{name}: {state}" for name, state in body["checks"].items())
    # Another program may listen there, and say what it likes.
    print(visible(f"{body.get('status')} ({told})"))
    return WELL if status == 200 else UNWELL


def _asked(host: str, port: int) -> tuple[int, dict[str, Any]]:
    """Return the status and the JSON of an answer. Raises OSError, HTTPException and ValueError."""
    # Not through urllib, which would ask a proxy of the environment for it.
    connection = HTTPConnection(host, port, timeout=_PATIENCE)
    try:
        connection.request("GET", "/healthz")
        response = connection.getresponse()
        body = json.loads(response.read(_LONGEST))
        if not isinstance(body, dict) or not isinstance(body.get("checks"), dict):
            raise HTTPException("that is no answer of digestbot's")
        return response.status, body
    finally:
        connection.close()
