"""The connections to what is outside: the systems of record, and a client for an address."""

import ssl
from datetime import UTC, datetime

import httpx2

from newel.config import Settings
from newel.connectors.http import Endpoint, HttpSystems
from newel.domain.policy.bundle import Bundle

_TRUSTS_NOBODY = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


def systems(bundle: Bundle, settings: Settings) -> HttpSystems:
    """The systems of record that a policy names, with their address and token from the settings."""
    return systems_at(bundle, Endpoint(settings.systems_url, settings.secret("systems_token")))


def systems_at(bundle: Bundle, place: Endpoint) -> HttpSystems:
    """The systems of record that a policy names, all at one place."""
    endpoints = {system.base_url: place for system in bundle.systems.values()}
    return HttpSystems(bundle.systems, bundle.actions, endpoints, client(place.url), _now)


def client(url: str) -> httpx2.AsyncClient:
    """A client for one address; the trusted authorities are read, which takes a while, only for TLS."""
    trusted = ssl.create_default_context() if url.lower().startswith("https:") else _TRUSTS_NOBODY
    return httpx2.AsyncClient(verify=trusted)


def _now() -> datetime:
    return datetime.now(UTC)
