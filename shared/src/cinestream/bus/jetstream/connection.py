"""The connection to the NATS server and its callbacks."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from typing import Any

import nats.errors

from cinestream.bus.jetstream.fast_path import FastPathClient
from cinestream.bus.jetstream.violations import PermissionDenied, Violations, is_wrong_login, wrong_login
from cinestream.contracts import Transient
from cinestream_flow.logger import get_logger
from cinestream_flow.message import Message

log = get_logger("bus")
_RETRY_SECONDS = 0.5


class NatsConnection:
    """One connection to NATS that reconnects until it is closed.

    Args:
        url: Address of the server, `nats://…` or `tls://…`.
        name: Name of the client in the server's list of connections.
        user: NATS user, or an empty string for a server without users.
        password: Password of the user.

    Attributes:
        client: The client of nats-py.
        violations: Messages or requests that the server refused to this user.
        on_disconnect: Functions to call when the connection is lost or closed.
        on_reconnect: Functions to call when a lost connection is restored.
    """

    def __init__(self, url: str, *, name: str, user: str = "", password: str = "") -> None:
        self.client = FastPathClient()
        self.on_disconnect: list[Callable[[], None]] = []
        self.on_reconnect: list[Callable[[], Awaitable[None]]] = []
        self._url, self._name, self._user, self._password = url, name, user, password
        # An inbox prefix for each user lets permissions hide the users' responses from each other.
        self._inbox = f"_INBOX_{user}" if user else "_INBOX"
        self.violations = Violations(user, self._inbox)
        self._closing = False
        self._wrong_login_ends = False
        self._logged = set[str]()
        self._last_error = "no answer"

    async def open(self, timeout: float | None) -> None:
        """Connect to the server, and wait for it if necessary.

        Args:
            timeout: Seconds to wait, or None to wait until the server is there.

        Raises:
            PermissionDenied: The server refuses the login, and there is a timeout. Without one, it may be set later.
            Transient: The server cannot be reached within the timeout. The message states what to do.
        """
        self._wrong_login_ends = timeout is not None
        try:
            async with asyncio.timeout(timeout):
                await self._connect()
        except TimeoutError:
            user = f" as {self._user}" if self._user else ""
            raise Transient(
                Message(
                    "NATS at {url} cannot be reached{user} ({error}): start it (make run, or docker compose up), or "
                    "set CINESTREAM_NATS_URL, CINESTREAM_NATS_USER and CINESTREAM_NATS_PASSWORD",
                    url=self._url,
                    user=user,
                    error=self._last_error,
                )
            ) from None
        except PermissionDenied:
            await self.close()
            raise
        finally:
            self._wrong_login_ends = False

    async def _connect(self) -> None:
        # nats-py retries a lost connection forever, but not the first one.
        while True:
            try:
                return await self.client.connect(self._url, **self._options())
            except (nats.errors.Error, OSError) as error:
                await self._on_error(error)
                await asyncio.sleep(_RETRY_SECONDS)

    def _options(self) -> dict[str, Any]:
        options: dict[str, Any] = {
            "name": self._name,
            "error_cb": self._on_error,
            "disconnected_cb": self._on_disconnect,
            "reconnected_cb": self._on_reconnect,
            "max_reconnect_attempts": -1,
            "reconnect_time_wait": 0.25,
            "connect_timeout": 2,
            "ping_interval": 20,
            "inbox_prefix": self._inbox.encode(),
        }
        return options | ({"user": self._user, "password": self._password} if self._user else {})

    async def _on_error(self, error: Exception) -> None:
        if self.violations.report(error):
            return
        if self._wrong_login_ends and is_wrong_login(error):
            raise wrong_login(self._url, self._user) from None
        self._last_error = f"{type(error).__name__}: {error}"
        # While the server is away nats-py reports the same error several times a second: log each one once.
        if self._last_error not in self._logged or self.connected:
            self._logged.add(self._last_error)
            log.warning("bus.error", url=self._url, user=self._user, error=self._last_error)

    async def _on_disconnect(self) -> None:
        if not self._closing:
            log.warning("bus.disconnected", url=self._url, action="reconnecting")
        for callback in self.on_disconnect:
            callback()

    async def _on_reconnect(self) -> None:
        self._logged.clear()
        self.violations.reset()
        log.info("bus.reconnected", url=self._url)
        for callback in self.on_reconnect:
            await callback()

    @property
    def connected(self) -> bool:
        """True while the connection is up."""
        return self.client.is_connected

    async def close(self) -> None:
        """Flush published messages, then close the connection."""
        self._closing = True
        if self.client.is_connected:
            try:
                await self.client.flush(timeout=2)
            except (TimeoutError, nats.errors.Error):
                log.warning("bus.flush_failed", url=self._url)
        # If the server is gone, uvloop refuses the last write of nats-py to the closed transport.
        with contextlib.suppress(RuntimeError, OSError):
            await self.client.close()
