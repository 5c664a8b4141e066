"""OAuth: a login by device code, and its renewal. As RFC 8628, but in Trakt's shape: the status code says how it is."""

import hashlib
import secrets
import time
from collections.abc import Awaitable, Callable
from typing import NamedTuple, TypeVar

import anyio
from aiohttp import ClientError, ClientSession
from anyio import to_thread
from pydantic import BaseModel, ConfigDict, ValidationError

from cinestream_flow.message import Message
from cinestream_flow.rate import RateLimiter
from cinestream_trakt_export.settings import Api
from cinestream_trakt_export.trakt.connections import fault_of, proxy_for
from cinestream_trakt_export.trakt.errors import NeedsLogin, ServerFault, TraktError
from cinestream_trakt_export.trakt.tokens import Token, TokenFile

M = TypeVar("M", bound=BaseModel)
_EXPIRED = Message("the code has expired: run 'cinestream-trakt login' again")
_DEVICE_REFUSALS = {
    404: Message("Trakt does not know this code"),
    409: Message("this code was already used"),
    410: _EXPIRED,
    418: Message("you refused the login"),
}


class DeviceCode(BaseModel):
    """What the user types in, and where; `interval` and `expires_in` are seconds."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    device_code: str
    user_code: str
    verification_url: str
    expires_in: int
    interval: int


class _Answer(NamedTuple):
    status: int
    body: bytes


class OAuth:
    """Logins at Trakt for one application.

    Args:
        http: sends requests; its base address does not matter.
        api: the application, and where OAuth is.
        file: where the login is kept.
        limit: of writes, which every request here is; None for none.
        clock: Unix time.
        sleep: waits that many seconds.
    """

    def __init__(
        self,
        http: ClientSession,
        api: Api,
        file: TokenFile,
        *,
        limit: RateLimiter | None = None,
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], Awaitable[None]] = anyio.sleep,
    ) -> None:
        self._http, self._api, self._file, self._clock, self._sleep = http, api, file, clock, sleep
        self._limit, self._renewing = limit, anyio.Lock()

    async def begin(self) -> DeviceCode:
        """Ask for a code that the user can type in."""
        answer = await self._post("/oauth/device/code", {"client_id": self._api.client_id})
        if answer.status != 200:
            raise TraktError(
                Message("Trakt gives no code (status {status}): check api.client_id", status=answer.status)
            )
        return _parsed(DeviceCode, answer)

    async def finish(self, code: DeviceCode) -> None:
        """Wait until the user has typed the code in, and keep the login."""
        interval, ends = float(max(code.interval, 1)), self._clock() + code.expires_in
        body = {"code": code.device_code, **self._application()}
        while self._clock() < ends:
            await self._sleep(interval)
            try:
                answer = await self._post("/oauth/device/token", body)
            except ServerFault:
                continue
            if answer.status == 200:
                self._file.save(_named(_parsed(Token, answer)))
                return
            if answer.status in _DEVICE_REFUSALS:
                raise TraktError(_DEVICE_REFUSALS[answer.status])
            if answer.status == 429:
                interval += 5  # RFC 8628, slow_down
            elif answer.status != 400 and answer.status < 500:
                raise TraktError(
                    Message("Trakt refuses the login (status {status}): check api.client_secret", status=answer.status)
                )
        raise TraktError(_EXPIRED)

    @property
    def scope(self) -> str:
        """Whose answers these are: a name for the login, not its secret; raises NeedsLogin."""
        token = self._file.load()
        return token.login or hashlib.sha256(token.access_token.get_secret_value().encode()).hexdigest()

    async def bearer(self, *, refused: str = "") -> str:
        """An access token to use now: renewed when it has expired, or is the one that Trakt `refused`."""
        async with self._renewing:
            token = self._file.load()
            if token.expired(self._clock()) or token.access_token.get_secret_value() == refused:
                token = await self._renew(refused)
        return token.access_token.get_secret_value()

    async def _renew(self, refused: str) -> Token:
        """Trade the refresh token, which works once; kept before it is used, so that a kill here costs no login."""
        lock = self._file.locked()
        await to_thread.run_sync(lock.__enter__)
        try:
            token = self._file.load()  # another process may have been faster
            if not token.expired(self._clock()) and token.access_token.get_secret_value() != refused:
                return token
            return await self._traded(token)
        finally:
            lock.__exit__(None, None, None)

    async def _traded(self, token: Token) -> Token:
        with anyio.CancelScope(shield=True):  # given up now, the refresh token would be used up and its pair unknown
            answer = await self._post("/oauth/token", self._refresh_body(token))
        if answer.status >= 500 or answer.status == 429:
            raise ServerFault(Message("Trakt answered {status} to the renewal of the login", status=answer.status))
        if answer.status != 200:
            raise NeedsLogin(Message("Trakt no longer accepts the login: run 'cinestream-trakt login'"))
        renewed = _named(_parsed(Token, answer), token.login)
        self._file.save(renewed)
        return renewed

    async def logout(self) -> bool:
        """Revoke and forget the login; whether there was one. It is forgotten also when Trakt cannot be reached."""
        try:
            token = self._file.load()
        except NeedsLogin:
            return self._file.remove()
        try:
            await self._post("/oauth/revoke", {"token": token.access_token.get_secret_value(), **self._application()})
        finally:
            self._file.remove()
        return True

    def _refresh_body(self, token: Token) -> dict[str, str]:
        return {
            "refresh_token": token.refresh_token.get_secret_value(),
            "grant_type": "refresh_token",
            "redirect_uri": "urn:ietf:wg:oauth:2.0:oob",
            **self._application(),
        }

    def _application(self) -> dict[str, str]:
        return {"client_id": self._api.client_id, "client_secret": self._api.client_secret.get_secret_value()}

    async def _post(self, path: str, body: dict[str, str]) -> _Answer:
        if self._limit:
            await self._limit.acquire()
        url = f"{self._api.auth_url}{path}"
        try:
            async with self._http.post(url, json=body, proxy=proxy_for(url), allow_redirects=False) as answer:
                return _Answer(answer.status, await answer.read())
        except (ClientError, TimeoutError) as error:
            raise fault_of(error) from error


def _named(token: Token, login: str = "") -> Token:
    return token.model_copy(update={"login": login or secrets.token_hex(16)})


def _parsed(model: type[M], answer: _Answer) -> M:
    try:
        return model.model_validate_json(answer.body)
    except ValidationError:
        # The cause would show secrets.
        raise ServerFault(Message("Trakt's answer to a login is not readable")) from None
