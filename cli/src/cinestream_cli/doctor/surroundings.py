"""The surroundings that the checks look at: the settings, the local run and the users of NATS."""

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from cinestream.runtime.local_run import LocalRun, data_dir, find_run

PREFIX = "CINESTREAM_"
USERS = ("topology", "scraper", "etl", "stream-api", "trakt-export", "takedown")
OPS_SERVICES = ("scraper", "etl", "stream-api")
"""The services in the order of their ops ports."""
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1", "[::1]"})
_LOGIN = ("nats_url", "nats_user", "nats_password")


@dataclass(frozen=True)
class Surroundings:
    """The environment variables and the files of one call of the doctor.

    Attributes:
        environment: all environment variables.
        run: local run that holds the data directory, or None.
        data_dir: data directory of the local run.
    """

    environment: Mapping[str, str] = field(default_factory=lambda: dict(os.environ))
    run: LocalRun | None = field(default_factory=find_run)
    data_dir: Path = field(default_factory=data_dir)

    @cached_property
    def file(self) -> Mapping[str, Any]:
        """The settings of the TOML file, or nothing if there is none or it cannot be read."""
        return self._toml("CONFIG")

    @property
    def trakt_file(self) -> Mapping[str, Any]:
        """The settings of the TOML file of the Trakt exporter, or nothing."""
        return self._toml("TRAKT_CONFIG")

    def _toml(self, variable: str) -> Mapping[str, Any]:
        try:
            return tomllib.loads(Path(self.environment[f"{PREFIX}{variable}"]).read_text("utf-8"))
        except (KeyError, OSError, ValueError):
            return {}

    def setting(self, name: str, default: str = "") -> str:
        """Return the value of a setting as text.

        Args:
            name: name in lower case and without prefix.
            default: value to return for a setting that is neither in the environment nor in the file.
        """
        return self.environment.get(f"{PREFIX}{name}".upper()) or str(self.file.get(name, "")) or default

    def number(self, name: str, default: int) -> int:
        """Return the value of a setting as a number, or the default if it is not set or is no number."""
        text = self.setting(name)
        return int(text) if text.isdecimal() else default

    @property
    def uses_run(self) -> bool:
        """True if commands take address and login of NATS from the local run, because no setting has them."""
        return self.run is not None and not any(self.setting(name) for name in _LOGIN)

    @property
    def nats_url(self) -> str:
        """The address of NATS."""
        if self.run and self.uses_run:
            return self.run.nats_url
        return self.setting("nats_url", "nats://127.0.0.1:4222")

    @property
    def nats_port(self) -> int:
        """The port of NATS."""
        return urlsplit(self.nats_url.partition(",")[0]).port or 4222

    @cached_property
    def passwords(self) -> Mapping[str, str]:
        """The password of each NATS user that is known here. The user "" is that of a server without users."""
        known = {user: self.setting(f"nats_password_{user.replace('-', '_')}") for user in USERS}
        if self.run and self.run.nats_url == self.nats_url:
            known |= self.run.passwords
        if not self.uses_run and (user := self.setting("nats_user")):
            known[user] = self.setting("nats_password")
        return {user: password for user, password in known.items() if password} or {"": ""}

    @property
    def stream_url(self) -> str:
        """The address of stream-api."""
        if self.run:
            return self.run.stream_url
        host = self.setting("stream_host", "127.0.0.1")
        host = "127.0.0.1" if host in ("0.0.0.0", "::") else host  # noqa: S104
        return f"http://{host}:{self.setting('stream_port', '3000')}"

    @property
    def stream_port(self) -> int:
        """The port of stream-api."""
        return urlsplit(self.stream_url).port or 3000

    def ops_url(self, service: str) -> str:
        """Return the address of the ops endpoints of a service, without a path."""
        if self.run and service in self.run.ops:
            return self.run.ops[service].rstrip("/")
        return f"http://127.0.0.1:{self.number('ops_port', 9101) + OPS_SERVICES.index(service)}"

    @property
    def start_command(self) -> str:
        """The command that starts the local run: that of a checkout, or that of the installed wheels."""
        return "make run" if Path("Makefile").is_file() else "cinestream run"
