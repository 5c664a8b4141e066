"""The connection to the NATS server and its callbacks."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from typing import Any

import nats.errors

from cinestream.bus.jetstream.fast_path import FastPathClient
from cinestream.bus.jetstream.unreachable import Unreachable
from cinestream.bus.jetstream.violations import PermissionDenied, Violations, is_wrong_login
from cinestream.contracts import Transient
from cinestream_flow.logger import get_logger

log = get_logger("bus")
_RETRY_SECONDS = 0.5
_CLOSE_SECONDS = 1.0


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
        self._logged = set[str]()
        self._is_patient = True
        self._unreachable = Unreachable.of(None, url, user)

    async def open(self, timeout: float | None) -> None:
        """Connect to the server, and wait for it if necessary.

        Args:
            timeout: Seconds to wait, or None to wait until the server is there. A reason that waiting does not change
                ends a wait with a limit at once.

        Raises:
            PermissionDenied: The server refuses the login, and there is a timeout. Without one, it may be set later.
            Transient: The server cannot be reached within the timeout. The message states what to do.
        """
        try:
            async with asyncio.timeout(timeout):
                await self._connect(patient=timeout is None)
        except TimeoutError:
            await self.close()
            raise Transient(self._unreachable.message) from None
        except Transient:
            await self.close()
            raise

    async def _connect(self, *, patient: bool) -> None:
        # nats-py retries a lost connection forever, but not the first one.
        while True:
            try:
                self._is_patient = patient
                await self.client.connect(self._url, **self._options())
                self._is_patient = True
                return
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
        if self._closing or self.violations.report(error):
            return
        if self.connected:
            log.warning("bus.error", url=self._url, user=self._user, error=f"{type(error).__name__}: {error}")
            return
        reason = Unreachable.of(error, self._url, self._user)
        self._unreachable = reason
        if reason.is_final and not self._is_patient:  # the exception passes through nats-py, and ends its attempts
            raise PermissionDenied(reason.message) if is_wrong_login(error) else Transient(reason.message)
        # While the server is away nats-py reports the same error several times a second: log each one once.
        if reason.message not in self._logged:
            self._logged.add(reason.message)
            log.warning("bus.unreachable", reason=reason.message, user=self._user, action="waiting for it")

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
        # If the server is gone, uvloop refuses the last write of nats-py to the closed transport. nats-py asserts that
        # there was an attempt to connect, which there is not for an invalid address. After a failed TLS handshake it
        # waits forever.
        with contextlib.suppress(RuntimeError, OSError, AssertionError):
            async with asyncio.timeout(_CLOSE_SECONDS):
                await self.client.close()
