"""The names of all environment variables of CineStream, so that a misspelt name is refused.

All programs and containers may share one `.env`, so each program knows the names of all others. Settings are in
`setting_names`, which `make docs` generates from the classes of the settings. All other names are listed here.

`python -m cinestream.runtime.variables` checks the environment. This module is quick to import.
"""

import difflib
import os
import re
import sys
from collections.abc import Collection, Iterator, Mapping

from cinestream.runtime.setting_names import RENAMED, SECTIONS, SETTINGS
from cinestream_flow.message import Message

PREFIX = "CINESTREAM_"
FILES = ("config", "trakt_config")
NATS_SERVER = (
    "nats_listen",
    "nats_monitor",
    "nats_store",
    "nats_password_topology",
    "nats_password_scraper",
    "nats_password_etl",
    "nats_password_stream_api",
    "nats_password_trakt_export",
    "nats_password_takedown",
)
"""Settings of nats-server, which docker compose and `cinestream-run` pass to it."""
TESTS = ("examples", "foreign", "fuzz", "fuzz_seed", "samples", "selenium_jar")
"""Settings of the tests and benchmarks."""
OTHERS = ("browser_of", "language")
"""The mark of a scraper's browser, and the language of all commands."""

__all__ = ["KNOWN", "PREFIX", "SECTIONS", "nearest", "unknown", "unknown_keys", "unknown_variables"]
KNOWN = frozenset((*SETTINGS, *RENAMED, *FILES, *NATS_SERVER, *TESTS, *OTHERS))
_MIN_SIMILARITY = 0.6
# Kubernetes sets some variables for each of its services: the service cinestream-stream-api has
# CINESTREAM_STREAM_API_SERVICE_HOST, and CINESTREAM_STREAM_API_PORT with an address.
_OF_KUBERNETES = re.compile(r"\w+_SERVICE_(HOST|PORT(_\w+)?)|\w+_PORT_\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?")
_ADDRESS_OF_KUBERNETES = re.compile(r"(tcp|udp|sctp)://")


def unknown_variables(environment: Mapping[str, str], own: Collection[str] = ()) -> Iterator[Message]:
    """Yield a message about each variable that begins with `CINESTREAM_` and is not known.

    Args:
        environment: Values of all variables.
        own: Further names that are known, in lower case and without the prefix.
    """
    for variable, value in sorted(environment.items()):
        if not variable.upper().startswith(PREFIX) or _is_of_kubernetes(variable, value):
            continue
        name = variable[len(PREFIX) :].lower()
        if name not in KNOWN and name not in own and not _is_in_section(name):
            yield unknown(variable, nearest_variable(name))


def unknown_keys(keys: Collection[str], file: str, own: Collection[str] = ()) -> Iterator[Message]:
    """Yield a message about each key of a TOML file of settings that is not the name of a setting.

    Args:
        keys: Keys at the top level of the file.
        file: Path of the file.
        own: Further names that are known.
    """
    known = (*SETTINGS, *RENAMED, *own)
    for key in keys:
        if key not in known:
            yield unknown(f"{key} in {file}", nearest(key.lower().removeprefix(PREFIX.lower()), known))


def unknown(name: str, suggestion: str | None) -> Message:
    """Return the message about an unknown setting, with the name that was probably meant."""
    if suggestion is None:
        return Message("{name}: there is no such setting. docs/reference/settings.md lists all", name=name)
    return Message("{name}: there is no such setting. Did you mean {nearest}?", name=name, nearest=suggestion)


def nearest_variable(name: str) -> str | None:
    """Return the known variable that is most similar to a name in lower case and without prefix, if one is similar."""
    section, delimiter, key = name.partition("__")
    found = nearest(section, SECTIONS if delimiter else (*KNOWN, *SECTIONS))
    return f"{PREFIX}{found}{delimiter}{key}".upper() if found else None


def nearest(name: str, known: Collection[str]) -> str | None:
    """Return the known name that is most similar to a name, or None if none is similar."""
    return next(iter(difflib.get_close_matches(name, known, n=1, cutoff=_MIN_SIMILARITY)), None)


def _is_in_section(name: str) -> bool:
    """Return True for a section of the Trakt exporter, and for all of its keys, which the exporter itself checks."""
    return name.partition("__")[0] in SECTIONS


def _is_of_kubernetes(variable: str, value: str) -> bool:
    return bool(
        _OF_KUBERNETES.fullmatch(variable) or (variable.endswith("_PORT") and _ADDRESS_OF_KUBERNETES.match(value))
    )


def main() -> int:
    """Print a message about each unknown variable of the environment. Return the exit code, 2 if there is one."""
    messages = list(unknown_variables(os.environ))
    for message in messages:
        sys.stderr.write(f"{message}\n")
    return 2 if messages else 0


if __name__ == "__main__":
    sys.exit(main())
