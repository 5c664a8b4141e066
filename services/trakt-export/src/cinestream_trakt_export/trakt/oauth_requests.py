"""The requests to Trakt's OAuth (https://trakt.docs.apiary.io, "Authentication")."""

from typing import NamedTuple, TypeVar

from aiohttp import ClientError, ClientSession
from pydantic import BaseModel, ValidationError

from cinestream_flow.message import Message
from cinestream_flow.rate import RateLimiter
from cinestream_trakt_export.settings import Api
from cinestream_trakt_export.trakt.connections import connection_error, proxy_for
from cinestream_trakt_export.trakt.errors import ServerFault
from cinestream_trakt_export.trakt.tokens import Token

M = TypeVar("M", bound=BaseModel)


class OAuthResponse(NamedTuple):
    """A response of any status."""

    status: int
    body: bytes

    def parse(self, model: type[M]) -> M:
        """Return the body as a model. Raise ServerFault for another body."""
        try:
            return model.model_validate_json(self.body)
        except ValidationError:
            # The cause would show secrets.
            raise ServerFault(Message("Trakt's response to a login is not readable")) from None


class OAuthRequests:
    """The requests of one application.

    Each method raises ServerFault if Trakt cannot be reached.

    Args:
        http: sends the requests.
        api: the application, and the address of OAuth.
        limit: the rate limiter of POST requests, None for none.
    """

    def __init__(self, http: ClientSession, api: Api, limit: RateLimiter | None) -> None:
        self._http, self._api, self._limit = http, api, limit

    async def device_code(self) -> OAuthResponse:
        """Request a code for the user."""
        return await self._post("/oauth/device/code", {"client_id": self._api.client_id})

    async def device_token(self, device_code: str) -> OAuthResponse:
        """Request the token for a code. The status shows whether the user has entered the code."""
        return await self._post("/oauth/device/token", {"code": device_code, **self._application()})

    async def refresh(self, token: Token) -> OAuthResponse:
        """Exchange the refresh token of a login for new tokens."""
        body = {
            "refresh_token": token.refresh_token.get_secret_value(),
            "grant_type": "refresh_token",
            "redirect_uri": "urn:ietf:wg:oauth:2.0:oob",
            **self._application(),
        }
        return await self._post("/oauth/token", body)

    async def revoke(self, token: Token) -> OAuthResponse:
        """Revoke a login."""
        return await self._post(
            "/oauth/revoke", {"token": token.access_token.get_secret_value(), **self._application()}
        )

    def _application(self) -> dict[str, str]:
        return {"client_id": self._api.client_id, "client_secret": self._api.client_secret.get_secret_value()}

    async def _post(self, path: str, body: dict[str, str]) -> OAuthResponse:
        if self._limit:
            await self._limit.acquire()
        url = f"{self._api.auth_url}{path}"
        try:
            async with self._http.post(url, json=body, proxy=proxy_for(url), allow_redirects=False) as response:
                return OAuthResponse(response.status, await response.read())
        except (ClientError, TimeoutError) as error:
            raise connection_error(error) from error
