"""The login at Trakt by OAuth: a device code, the renewal of tokens, the logout.

The device flow is that of RFC 8628 in Trakt's form: the status code of a poll gives the state of the login
(https://trakt.docs.apiary.io, "Authentication - Devices").
"""

import hashlib
import secrets
import time
from collections.abc import Awaitable, Callable

import anyio
from aiohttp import ClientSession
from anyio import to_thread
from pydantic import BaseModel, ConfigDict

from cinestream_flow.message import Message
from cinestream_flow.rate import RateLimiter
from cinestream_trakt_export.settings import Api
from cinestream_trakt_export.trakt.errors import NeedsLogin, ServerFault, TraktError
from cinestream_trakt_export.trakt.oauth_requests import OAuthRequests
from cinestream_trakt_export.trakt.tokens import Token, TokenFile

_EXPIRED = Message("the code has expired: run 'cinestream-trakt login' again")
_DEVICE_REFUSALS = {
    404: Message("Trakt does not know this code"),
    409: Message("this code was already used"),
    410: _EXPIRED,
    418: Message("you refused the login"),
}


class DeviceCode(BaseModel):
    """A code for the user, and the address to type it in. `interval` and `expires_in` are seconds."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    device_code: str
    user_code: str
    verification_url: str
    expires_in: int
    interval: int


class OAuth:
    """The login of one application.

    Args:
        http: sends the requests.
        api: the application, and the address of OAuth.
        store: the place of the login.
        limit: the rate limiter of POST requests, None for none.
        clock: returns Unix time.
        sleep: waits for a number of seconds.
    """

    def __init__(
        self,
        http: ClientSession,
        api: Api,
        store: TokenFile,
        *,
        limit: RateLimiter | None = None,
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], Awaitable[None]] = anyio.sleep,
    ) -> None:
        self._requests = OAuthRequests(http, api, limit)
        self._store, self._clock, self._sleep = store, clock, sleep
        self._renewing = anyio.Lock()

    async def begin(self) -> DeviceCode:
        """Request a code for the user. Raise TraktError if Trakt refuses the application."""
        response = await self._requests.device_code()
        if response.status != 200:
            raise TraktError(
                Message("Trakt gives no code (status {status}): check api.client_id", status=response.status)
            )
        return response.parse(DeviceCode)

    async def finish(self, code: DeviceCode) -> None:
        """Wait until the user has typed in the code, then store the login. Raise TraktError if the login is refused."""
        interval, end = float(max(code.interval, 1)), self._clock() + code.expires_in
        while self._clock() < end:
            await self._sleep(interval)
            try:
                response = await self._requests.device_token(code.device_code)
            except ServerFault:
                continue
            if response.status == 200:
                self._store.save(_named(response.parse(Token)))
                return
            if response.status in _DEVICE_REFUSALS:
                raise TraktError(_DEVICE_REFUSALS[response.status])
            if response.status == 429:
                interval += 5  # RFC 8628, section 3.5: slow_down
            elif response.status != 400 and response.status < 500:  # 400: the user has not typed in the code yet
                raise TraktError(
                    Message(
                        "Trakt refuses the login (status {status}): check api.client_secret", status=response.status
                    )
                )
        raise TraktError(_EXPIRED)

    @property
    def scope(self) -> str:
        """A name of the login that is no secret. Raises NeedsLogin without a login."""
        token = self._store.load()
        return token.login or hashlib.sha256(token.access_token.get_secret_value().encode()).hexdigest()

    async def bearer(self, *, refused: str = "") -> str:
        """Return a valid access token.

        Args:
            refused: a token that Trakt has refused. It is renewed although it has not expired.

        Raises:
            NeedsLogin: Nobody is logged in, or Trakt no longer accepts the login.
        """
        async with self._renewing:
            token = self._store.load()
            if self._needs_renewal(token, refused):
                token = await self._renew(refused)
        return token.access_token.get_secret_value()

    def _needs_renewal(self, token: Token, refused: str) -> bool:
        return token.expired(self._clock()) or token.access_token.get_secret_value() == refused

    async def _renew(self, refused: str) -> Token:
        lock = self._store.locked()
        await to_thread.run_sync(lock.__enter__)
        try:
            # Another process may have renewed the login while this one waited for the lock.
            token = self._store.load()
            return await self._exchange(token) if self._needs_renewal(token, refused) else token
        finally:
            lock.__exit__(None, None, None)

    async def _exchange(self, token: Token) -> Token:
        """Exchange the refresh token for new tokens, and store them before they are used."""
        # A refresh token works once. Cancelled now, it would be used up and the new tokens would be lost.
        with anyio.CancelScope(shield=True):
            response = await self._requests.refresh(token)
        if response.status >= 500 or response.status == 429:
            raise ServerFault(Message("Trakt answered {status} to the renewal of the login", status=response.status))
        if response.status != 200:
            raise NeedsLogin(Message("Trakt no longer accepts the login: run 'cinestream-trakt login'"))
        renewed = _named(response.parse(Token), token.login)
        self._store.save(renewed)
        return renewed

    async def logout(self) -> bool:
        """Revoke and delete the login. Return whether there was one.

        It is deleted even if Trakt cannot be reached, which raises ServerFault afterwards.
        """
        try:
            token = self._store.load()
        except NeedsLogin:
            return self._store.remove()
        try:
            await self._requests.revoke(token)
        finally:
            self._store.remove()
        return True


def _named(token: Token, login: str = "") -> Token:
    return token.model_copy(update={"login": login or secrets.token_hex(16)})
