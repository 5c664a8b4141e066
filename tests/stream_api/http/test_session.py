"""The sign-in: a token is exchanged for a cookie."""

from collections import Counter
from collections.abc import AsyncIterator

import anyio
import httpx2
import pytest
from tests.stream_api.serving import Api, serving

from cinestream.bus.jetstream import Bus

pytestmark = pytest.mark.anyio
FRIEND = "https://friend.example"
TOKENS = 'first-secret, sec"nd;\\secret'
TOKEN = {"token": "first-secret"}


async def sign_in(api: Api, **headers: str) -> httpx2.Response:
    """Send a valid token with these headers, and forget the cookie."""
    answer = await api.client.post("/session", json=TOKEN, headers={k.replace("_", "-"): v for k, v in headers.items()})
    api.client.cookies.clear()
    return answer


async def test_the_cookie_opens_the_api(stream_bus: Bus) -> None:
    """A JSON object and a form set it, also for a token that needs quoting. DELETE removes it."""
    async with serving(stream_bus, stream_tokens=TOKENS) as api:
        for body in ({"json": TOKEN}, {"data": {"token": 'sec"nd;\\secret'}}):
            answer = await api.client.post("/session", **body)  # type: ignore[arg-type]
            assert (answer.status_code, answer.content, answer.headers["cache-control"]) == (
                204,
                b"",
                "private, no-store",
            )
            cookie = answer.headers["set-cookie"].lower()
            assert all(part in cookie for part in ("httponly", "samesite=strict", "path=/;", "max-age=2592000"))
            assert "; secure" not in cookie
            assert (await api.client.get("/api/stats")).status_code == 200
            removal = await api.client.delete("/session")
            assert (removal.status_code, "max-age=0" in removal.headers["set-cookie"].lower()) == (204, True)
            assert (await api.client.get("/api/stats")).status_code == 401


async def test_the_cookie_is_secure_behind_tls(stream_bus: Bus) -> None:
    """TLS is known from a trusted proxy only, or from the origin of our own page."""
    async with serving(stream_bus, stream_tokens=TOKENS) as api:
        assert "; Secure" not in (await sign_in(api, X_Forwarded_Proto="https")).headers["set-cookie"]
        own = api.url.replace("http://", "https://")
        assert "; Secure" in (await sign_in(api, Origin=own)).headers["set-cookie"]
    async with serving(stream_bus, stream_tokens=TOKENS, stream_trusted_proxies="127.0.0.1") as api:
        proxied = {"X_Forwarded_Proto": "https", "X_Forwarded_Host": "films.example"}
        assert "; Secure" in (await sign_in(api, Origin="https://films.example", **proxied)).headers["set-cookie"]


async def test_only_own_and_listed_pages_sign_in(stream_bus: Bus) -> None:
    """A page of another site cannot set or remove the cookie. A listed one may read the answer, too."""
    async with serving(stream_bus, stream_tokens=TOKENS, stream_cors_origins=FRIEND) as api:
        for origin, status in ((api.url, 204), (FRIEND, 204), ("null", 403), ("https://stranger.example", 403)):
            assert (await sign_in(api, Origin=origin)).status_code == status
            answer = await api.client.delete("/session", headers={"Origin": origin})
            assert (answer.status_code, "set-cookie" in answer.headers) == (status, status == 204)
        preflight = await api.client.options(
            "/session",
            headers={
                "Origin": FRIEND,
                "Access-Control-Request-Method": "POST",
                "Access-Control-Request-Headers": "content-type",
            },
        )
        assert (preflight.status_code, preflight.headers["access-control-allow-credentials"]) == (200, "true")


async def test_a_wrong_sign_in_is_a_problem(stream_bus: Bus) -> None:
    """It sets no cookie, and its answer is problem details."""
    json, form = "application/json", "application/x-www-form-urlencoded"
    async with serving(stream_bus, stream_tokens=TOKENS) as api:
        for body, media_type, status in (
            (b'{"token":"wrong"}', json, 401),
            (b'{"token":"first-secret"}', "text/plain", 415),
            (b'{"token":"first-secret"}', "", 415),
            (b'{"token":1}', json, 400),
            (b'["first-secret"]', json, 400),
            (b"{", json, 400),
            (b"", json, 400),
            (b"token=", form, 400),
            (b"token=\xff", form, 400),
            (b"token=" + b"x" * 5000, form, 413),
        ):
            answer = await api.client.post("/session", content=body, headers={"Content-Type": media_type})
            assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json"), body
            assert ("set-cookie" in answer.headers, answer.json()["status"]) == (False, status)


async def test_guesses_are_limited_per_address(stream_bus: Bus) -> None:
    """After five wrong tokens even the right one has to wait. Other addresses, and the header, are not affected."""
    async with serving(stream_bus, stream_tokens=TOKENS, stream_trusted_proxies="127.0.0.1") as api:
        statuses = [(await api.client.post("/session", json={"token": "wrong"})).status_code for _ in range(6)]
        assert statuses == [401] * 5 + [429]
        refused = await sign_in(api)
        assert (refused.status_code, 0 < int(refused.headers["retry-after"]) <= 12) == (429, True)
        assert (await sign_in(api, X_Forwarded_For="192.0.2.1")).status_code == 204
        direct = await api.client.get("/api/stats", headers={"Authorization": "Bearer first-secret"})
        assert direct.status_code == 200


async def test_guesses_at_the_same_time_are_limited(stream_bus: Bus) -> None:
    """Requests that wait for their bodies together get no more attempts than one after the other."""
    waiting, bodies = 0, anyio.Event()

    async def body() -> AsyncIterator[bytes]:
        nonlocal waiting
        waiting += 1
        await bodies.wait()
        yield b'{"token":"wrong"}'

    async with serving(stream_bus, stream_tokens=TOKENS) as api:
        statuses: Counter[int] = Counter()

        async def guess() -> None:
            headers = {"Content-Type": "application/json"}
            statuses[(await api.client.post("/session", content=body(), headers=headers)).status_code] += 1

        async with anyio.create_task_group() as group:
            for _ in range(20):
                group.start_soon(guess)
            while waiting < 20:
                await anyio.sleep(0.005)
            await anyio.sleep(0.1)  # the service has the headers of all
            bodies.set()
        assert statuses == {401: 5, 429: 15}


async def test_without_tokens_there_is_no_session(stream_bus: Bus) -> None:
    """A client learns that it needs no token."""
    async with serving(stream_bus) as api:
        assert (await api.client.post("/session", json=TOKEN)).status_code == 404
