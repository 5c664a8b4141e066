"""Details of HTTP that hold for all addresses."""

import anyio
import pytest
from tests.stream_api.films import movie, publish
from tests.stream_api.serving import STREAM, serving

from cinestream.bus.jetstream import Bus

pytestmark = pytest.mark.anyio
PATHS = (
    "/",
    "/api/directors/nobody",
    "/api/movies",
    "/api/movies/tt0000001",
    "/api/stats",
    "/asyncapi.json",
    "/docs",
    "/docs/assets/swagger-ui.css",
    "/favicon.ico",
    "/livez",
    "/openapi.json",
    "/page/app.js",
    "/readyz",
    "/robots.txt",
)


async def test_every_address_has_head_and_names_its_methods(stream_bus: Bus) -> None:
    """HEAD answers as GET does, without a body. A 405 lists both (RFC 9110, 15.5.6)."""
    async with serving(stream_bus) as api:
        for path in (STREAM, *PATHS):
            refused = await api.client.post(path)
            assert (refused.status_code, refused.headers["allow"]) == (405, "GET, HEAD"), path
            assert refused.headers["content-type"] == "application/problem+json"
            head = await api.client.head(path)
            assert head.content == b""
            if path != STREAM:
                plain = await api.client.get(path)
                ignored = {"date", "content-length"}
                assert head.status_code == plain.status_code
                assert {k: v for k, v in head.headers.items() if k not in ignored} == {
                    k: v for k, v in plain.headers.items() if k not in ignored
                }


async def test_browsers_and_crawlers_find_their_files(stream_bus: Bus) -> None:
    """The icon is an image, and crawlers stay away from the stream."""
    async with serving(stream_bus) as api:
        icon, robots = await api.client.get("/favicon.ico"), await api.client.get("/robots.txt")
        assert (icon.status_code, icon.headers["content-type"]) == (200, "image/svg+xml")
        assert (robots.status_code, robots.text) == (200, "User-agent: *\nDisallow: /api/\n")


async def test_film_ids_in_any_case(etl_bus: Bus, stream_bus: Bus) -> None:
    """`TT0000001` is the same film. Digits of other scripts are no id, and ids of events are exact."""
    await publish(etl_bus, 1)
    async with serving(stream_bus) as api:
        for id in ("tt0000001", "TT0000001", "tT0000001"):
            answer = await api.client.get(f"/api/movies/{id}")
            assert (answer.status_code, answer.json()["id"]) == (200, "tt0000001")
        assert (await api.client.get("/api/movies/tt٠٠٠٠٠٠١")).status_code == 400
        event = answer.headers["etag"].strip('"')
        assert (await api.client.get(f"{STREAM}?last_event_id={event.upper()}")).status_code == 400


async def test_a_known_version_is_not_sent_again(etl_bus: Bus, stream_bus: Bus) -> None:
    """Any form of `If-None-Match` that names the version gives a 304, and no other form does."""
    await publish(etl_bus, 1)
    async with serving(stream_bus) as api:
        etag = (await api.client.get("/api/movies/tt0000001")).headers["etag"]
        for known in (etag, f'"a,b", W/{etag}', "*"):
            answer = await api.client.get("/api/movies/tt0000001", headers={"If-None-Match": known})
            assert (answer.status_code, answer.headers["etag"], answer.content) == (304, etag, b"")
        headers = [("If-None-Match", '"x"'), ("If-None-Match", etag)]
        assert (await api.client.get("/api/movies/tt0000001", headers=headers)).status_code == 304
        for unknown in (etag.strip('"'), f'"x{etag[1:]}', etag.upper(), f"{etag}, x"):
            answer = await api.client.get("/api/movies/tt0000001", headers={"If-None-Match": unknown})
            assert (answer.status_code, answer.json()["id"]) == (200, "tt0000001")


async def test_a_cursor_beyond_the_end_is_a_400(etl_bus: Bus, stream_bus: Bus) -> None:
    """No page of this stream has such a `next`."""
    await publish(etl_bus, 1, 2, 3)
    async with serving(stream_bus) as api:
        with anyio.fail_after(60):
            while (answer := await api.client.get("/api/movies?limit=2")).status_code != 200 or not answer.json()[
                "next"
            ]:
                await anyio.sleep(0.005)
        page = answer.json()
        last = await api.client.get(f"/api/movies?cursor={page['next']}")
        assert [film["id"] for film in last.json()["movies"]] == [movie(1).id]
        epoch = page["last_event_id"].partition("-")[0]
        for beyond in (f"{epoch}-4.2", f"{epoch}-3.4", f"{epoch}-9999999999.9"):
            answer = await api.client.get(f"/api/movies?cursor={beyond}")
            assert (answer.status_code, answer.json()["errors"][0]["parameter"]) == (400, "cursor"), beyond
