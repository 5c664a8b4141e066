"""The formats and the headers of a stream, as its client accepts them."""

import pytest
from tests.stream_api.serving import STREAM, serving

from cinestream.bus.jetstream import Bus

pytestmark = pytest.mark.anyio
SSE, NDJSON = "text/event-stream", "application/x-ndjson"


async def test_the_format_follows_the_weights(stream_bus: Bus) -> None:
    """Several `Accept` headers are one list, and each client gets what it prefers, also for HEAD."""
    async with serving(stream_bus) as api:
        for accept, media_type in (
            ([], SSE),
            (["TEXT/Event-Stream"], SSE),
            (["Application/X-NDJSON"], NDJSON),
            (["text/event-stream;q=0.5", "application/x-ndjson"], NDJSON),
        ):
            headers = [("Accept", one) for one in accept] or [("Accept", "")]
            async with api.client.stream("GET", STREAM, headers=headers) as stream:
                assert stream.headers["content-type"].partition(";")[0] == media_type
            head = await api.client.head(STREAM, headers=headers)
            assert head.headers["content-type"] == stream.headers["content-type"]
            assert head.headers["cache-control"] == stream.headers["cache-control"]


async def test_what_cannot_be_sent_is_a_406(stream_bus: Bus) -> None:
    """The refusal names both formats. It depends on `Accept`, as the stream does."""
    async with serving(stream_bus) as api:
        for accept in ("application/json", "text/event-stream;q=0", "*/*;q=0"):
            answer = await api.client.get(STREAM, headers={"Accept": accept})
            assert (answer.status_code, answer.headers["vary"]) == (406, "Accept")
            assert answer.headers["content-type"] == "application/problem+json"
            assert SSE in answer.json()["detail"]
            assert NDJSON in answer.json()["detail"]


async def test_a_refusal_has_the_format_of_the_stream(stream_bus: Bus) -> None:
    """A client of events gets `busy`, a client of lines gets a status. No proxy may store or change either."""
    async with serving(stream_bus, stream_max_clients=1) as api, api.stream() as stream:
        assert (await anext(stream)).name == "position"
        for accept, status, media_type in (("*/*", 200, SSE), ("text/*", 200, SSE), ("application/*", 503, "problem")):
            refused = await api.client.get(STREAM, headers={"Accept": accept})
            assert refused.status_code == status
            assert media_type in refused.headers["content-type"]
            assert ("event: busy" in refused.text) is (status == 200)
            assert refused.headers.get_list("cache-control") == ["no-store, no-transform"]
            assert refused.headers.get_list("vary") == ["Accept"]


async def test_proxies_leave_a_stream_alone(stream_bus: Bus) -> None:
    """One `Cache-Control` forbids to store and to compress it, and nginx does not buffer it."""
    async with serving(stream_bus) as api:
        for accept in (SSE, NDJSON):
            async with api.client.stream("GET", STREAM, headers={"Accept": accept}) as stream:
                assert stream.headers.get_list("cache-control") == ["no-store, no-transform"]
                assert stream.headers["x-accel-buffering"] == "no"
