"""The removal of secrets from the texts of a bundle.

The rule is a list of what may be shown, not of what may not: a value of a setting is shown if it is a number, a known
word or the address of a known host. Every other value is removed from all texts of the bundle.
"""

import base64
import json
import re
import shlex
from collections.abc import Iterable, Iterator
from urllib.parse import quote, quote_plus, urlsplit

from cinestream_cli.doctor.surroundings import LOOPBACK, PREFIX, USERS, Surroundings

HIDDEN = "***"
_NUMBER = re.compile(r"[+-]?\d{1,12}(?:\.\d{1,6})?[smhd]?")
_WORDS = frozenset(
    (
        "true",
        "false",
        "yes",
        "no",
        "on",
        "off",
        "none",
        "auto",
        "en",
        "fr",
        "console",
        "json",
        "debug",
        "info",
        "warning",
    )
)
_HOSTS = frozenset((*LOOPBACK, "www.imdb.com", "m.imdb.com", "nats", "demo", "chrome"))
_SECRET_WORD = r"password|passwd|pwd|secret|token|authorization|credential|cookie|api[-_]?key|client[-_]?id|session"  # noqa: S105
_SECRET_NAME = re.compile(_SECRET_WORD, re.IGNORECASE)
# User and password of an address, which may contain any character but white space.
_LOGIN = re.compile(r"(?<=://)[^\s\"'<>]*@")
_PATTERNS = (
    # Values of a query.
    (re.compile(r"([?&][\w.~-]{1,64}=)[^\s&#\"'<>]+"), rf"\1{HIDDEN}"),
    (re.compile(r"\b(bearer|basic)\s+\S+", re.IGNORECASE), rf"\1 {HIDDEN}"),
    # NAME=VALUE, NAME: VALUE and "NAME": "VALUE".
    (
        re.compile(rf"((?:{_SECRET_WORD})\w{{0,32}}[\"']?\s{{0,4}}[=:]\s{{0,4}}[\"']?)[^\s\"',;}}]+", re.IGNORECASE),
        rf"\1{HIDDEN}",
    ),
    # Random texts: passwords and tokens of other times.
    (re.compile(r"(?<![\w+=-])(?=[A-Za-z_+=-]{0,31}\d)[\w+=-]{32,}"), HIDDEN),
)


def shown(name: str, value: str) -> str:
    """Return a value of a setting as it may be shown.

    Args:
        name: name of the setting in lower case.
        value: its value.
    """
    if not value or _SECRET_NAME.search(name):
        return HIDDEN if value else ""
    if _NUMBER.fullmatch(value) or value.lower() in {*_WORDS, *USERS, *LOOPBACK, "error", "chrome", "firefox"}:
        return value
    return _shown_address(value) if "://" in value else HIDDEN


def _shown_address(value: str) -> str:
    try:
        parts = urlsplit(value)
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return HIDDEN
    if parts.scheme not in ("http", "https", "nats", "tls"):
        return HIDDEN
    host = parts.hostname if parts.hostname in _HOSTS else HIDDEN
    return f"{parts.scheme}://{host}{port}"


def without_logins(text: str) -> str:
    """Return a text without the users and passwords of its addresses."""
    return _LOGIN.sub(f"{HIDDEN}@", text)


class Mask:
    """A function that removes known secrets, and what looks like one, from a text."""

    def __init__(self, secrets: Iterable[str]) -> None:
        forms = {form for secret in secrets if secret for form in _forms(secret)}
        # The longest first, because a secret may contain another one.
        self._known = sorted(forms, key=len, reverse=True)

    def __call__(self, text: str) -> str:
        """Return a text without secrets."""
        for secret in self._known:
            text = text.replace(secret, HIDDEN)
        text = without_logins(text)
        for pattern, replacement in _PATTERNS:
            text = pattern.sub(replacement, text)
        return text


def secrets_of(surroundings: Surroundings) -> Iterator[str]:
    """Yield the passwords of the run, and each value of a setting that is not shown."""
    yield from surroundings.passwords.values()
    if surroundings.run:
        yield from surroundings.run.passwords.values()
    for name, value in values_of(surroundings):
        if shown(name, value) != value:
            yield value
            yield from (part.strip() for part in value.split(",") if len(part.strip()) > 3)
            yield from _credentials(value)


def values_of(surroundings: Surroundings) -> Iterator[tuple[str, str]]:
    """Yield the name, in lower case and without prefix, and the value of each setting that is set."""
    for variable, value in surroundings.environment.items():
        if variable.upper().startswith(PREFIX):
            yield variable[len(PREFIX) :].lower(), value
    for file in (surroundings.file, surroundings.trakt_file):
        for key, value in file.items():
            yield from _flattened(key.lower(), value)


def _flattened(name: str, value: object) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _flattened(f"{name}__{key}".lower(), inner)
    elif isinstance(value, list):
        yield name, ",".join(map(str, value))
    else:
        yield name, str(value)


def _credentials(value: str) -> Iterator[str]:
    """Yield user and password of an address."""
    try:
        parts = urlsplit(value)
    except ValueError:
        return
    yield from (part for part in (parts.username, parts.password) if part)


def _forms(secret: str) -> set[str]:
    """Return a secret as it may stand in an address, in JSON, in a shell and in a header."""
    encoded = base64.b64encode(secret.encode()).decode()
    return {secret, quote(secret, safe=""), quote_plus(secret), json.dumps(secret)[1:-1], shlex.quote(secret), encoded}
