"""The stream over real HTTP with a real nats-server: the events that a client gets from each start."""

import json
import re
import subprocess

import anyio
import pytest
from tests.nats_server import NatsServer
from tests.stream_api.films import PAGE_TIME, movie, publish
from tests.stream_api.http.test_films import films
from tests.stream_api.serving import STREAM, serving
from tests.stream_api.sse import Event, take
from tests.stream_api.streams import limit_history

from cinestream.bus.jetstream import Bus
from cinestream.contracts import DirectorStats, Movie

pytestmark = pytest.mark.anyio
LARGE = ["x" * 1000] * 200


def short(events: list[Event]) -> list[str]:
    """Return each event as `name sequence`."""
    return [f"{event.name} {event.sequence}" for event in events]


async def test_a_stream_without_an_id_is_live_only(etl_bus: Bus, stream_bus: Bus) -> None:
    """The first block has the last sequence. Then come new films, exactly as etl wrote them."""
    await publish(etl_bus, 1, 2)
    async with serving(stream_bus) as api, api.stream() as stream:
        assert short(await take(stream, 1)) == ["position 2"]
        await publish(etl_bus, 3, 4)
        films = await take(stream, 2)
        assert short(films) == ["movie 3", "movie 4"]
        assert Movie.model_validate_json(films[0].data) == movie(3)


@pytest.mark.parametrize("way", ["header", "query", "polyfill"])
async def test_a_client_resumes_after_its_last_id(etl_bus: Bus, stream_bus: Bus, way: str) -> None:
    """A client that sends its id by header, query or polyfill gets exactly what it missed, then new films."""
    await publish(etl_bus, *range(1, 6))
    async with serving(stream_bus) as api:
        async with api.stream("?replay=4") as stream:
            last = (await take(stream, 3))[-1]
        again = "?replay=50&last_event_id=earliest"
        query, headers = {
            "header": (again, {"Last_Event_ID": last.id}),
            "query": (f"?last_event_id={last.id}", {}),
            "polyfill": (f"{again}&lastEventId={last.id}", {}),
        }[way]
        async with api.stream(query, **headers) as stream:
            assert short(await take(stream, 4)) == ["position 3", "movie 4", "movie 5", "live 5"]
            await publish(etl_bus, 6)
            assert short(await take(stream, 1)) == ["movie 6"]


@pytest.mark.parametrize("accept", ["text/event-stream", "application/x-ndjson"])
async def test_a_stream_that_the_server_ends_has_a_closing_position(etl_bus: Bus, stream_bus: Bus, accept: str) -> None:
    """The closing block moves the client to the position that it has reached, beyond films that its filter hid."""
    await publish(etl_bus, 1, 2)
    async with serving(stream_bus) as api:
        query = f"{STREAM}?replay=1&genre=nothing"
        async with api.client.stream("GET", query, headers={"Accept": accept}) as response:
            body = response.aiter_raw()
            first = await anext(body)
            await api.until("clients", 1, state="live")
            api.stop.set()
            text = (first + b"".join([part async for part in body])).decode()
    if accept == "text/event-stream":
        [*_, last, rest] = text.split("\n\n")
        assert rest == ""
        assert re.fullmatch(r"retry: \d+\nid: \w+-2\nevent: position\ndata: \{\}", last)
    else:
        [*_, last] = text.splitlines()
        assert json.loads(last)["event"] == "position"
        assert json.loads(last)["id"].endswith("-2")


async def test_replay_gives_the_last_films_that_match(etl_bus: Bus, stream_bus: Bus) -> None:
    """The count is of films that pass the filter. A count beyond all films gives all of them."""
    for number in range(1, 7):
        await publish(etl_bus, number, genre=["War" if number % 2 else "Drama"], genre_categories=[])
    async with serving(stream_bus) as api:
        async with api.stream("?replay=2&genre=war") as stream:
            assert short(await take(stream, 4)) == ["position 2", "movie 3", "movie 5", "live 6"]
        async with api.stream("?replay=99&genre=war&genre=comedy") as stream:
            assert short(await take(stream, 4)) == ["position 0", "movie 1", "movie 3", "movie 5"]


async def test_history_continues_into_the_ring(etl_bus: Bus, stream_bus: Bus) -> None:
    """A stream from the earliest event on goes through history into the ring, in order, with each event once."""
    await publish(etl_bus, *range(1, 1101))
    # The ring is larger than what is published below. Otherwise a client that has caught up could fall out of it.
    async with serving(stream_bus, stream_ring_events=64) as api:
        async with api.stream("?last_event_id=earliest") as stream:
            await publish(etl_bus, *range(1101, 1131))
            events = await take(stream, 1132)
            assert [e.sequence for e in events if e.name == "movie"] == list(range(1, 1131))
            assert short(events)[0] == "position 0"
        async with api.stream("?replay=700") as stream:
            assert short(await take(stream, 2)) == ["position 430", "movie 431"]


async def test_a_stream_starts_at_a_time(etl_bus: Bus, stream_bus: Bus) -> None:
    """`since` gives films stored at that time or later. A time in the future gives only new films."""
    await publish(etl_bus, 1, 2, 3)
    second = (await stream_bus.read("MOVIES", start=2, limit=1))[0].time
    async with serving(stream_bus) as api:
        async with api.stream(f"?since={second.isoformat()}") as stream:
            assert short(await take(stream, 3)) == ["position 1", "movie 2", "movie 3"]
        async with api.stream("?since=2999-01-01") as stream:
            assert short(await take(stream, 2)) == ["position 3", "live 3"]


async def test_deleted_messages_are_no_gap(etl_bus: Bus, stream_bus: Bus, topology: NatsServer) -> None:
    """Sequences that are missing inside history are not reported, live and in replay."""
    await publish(etl_bus, 1)
    await limit_history(topology, max_msgs_per_subject=1)
    async with serving(stream_bus) as api, api.stream() as stream:
        await publish(etl_bus, 2, 2, 2, 3)
        assert short(await take(stream, 5)) == ["position 1", "movie 2", "movie 3", "movie 4", "movie 5"]
    await stream_bus.stream_state("MOVIES")
    again = await topology.connect("stream-api")
    async with serving(again) as api, api.stream("?last_event_id=earliest") as stream:
        assert short(await take(stream, 5)) == ["position 0", "movie 1", "movie 4", "movie 5", "live 5"]
    await again.close()


async def test_films_can_be_sent_as_messages(etl_bus: Bus, stream_bus: Bus) -> None:
    """With `?event=message` an `onmessage` handler gets the films and nothing else."""
    await publish(etl_bus, 1)
    async with serving(stream_bus) as api, api.stream("?event=message&replay=1") as stream:
        assert short(await take(stream, 3)) == ["position 0", "message 1", "live 1"]


async def test_a_stream_can_be_lines_of_json(etl_bus: Bus, stream_bus: Bus) -> None:
    """For a client that accepts NDJSON, each line is an object with id, event and data."""
    await publish(etl_bus, 1)
    async with (
        serving(stream_bus) as api,
        api.client.stream("GET", f"{STREAM}?replay=1", headers={"Accept": "application/x-ndjson"}) as response,
    ):
        assert response.headers["content-type"].startswith("application/x-ndjson")
        lines = response.aiter_lines()
        objects = [json.loads(await anext(lines)) for _ in range(3)]
        assert [o["event"] for o in objects] == ["position", "movie", "live"]
        assert objects[1]["data"]["id"] == "tt0000001"


async def test_an_idle_stream_has_a_heartbeat(stream_bus: Bus, etl_bus: Bus) -> None:
    """After silence comes a comment, or the new position if a filter has hidden films meanwhile."""
    await publish(etl_bus, 1, genre=["War"])
    async with serving(stream_bus, stream_heartbeat=0.15) as api, api.stream("?genre=war") as stream:
        assert short(await take(stream, 1)) == ["position 1"]
        with anyio.fail_after(60):
            assert (await anext(stream)).name == ":"
        await publish(etl_bus, 2, genre=["Comedy"])
        assert short(await take(stream, 1)) == ["position 2"]


async def test_the_lag_is_measured_where_films_are_written(etl_bus: Bus, stream_bus: Bus) -> None:
    """A film that is written to nobody is not observed, and a film that several clients get is observed once."""
    async with serving(stream_bus, stream_push_interval_ms=0) as api:
        await publish(etl_bus, 1)
        with anyio.fail_after(60):
            await api.until("events_total", 1, source="live")
        async with api.stream() as one, api.stream("?genre=war") as two:
            await take(one, 1)
            await take(two, 1)
            assert api.metric("lag_seconds_count") == 0
            await publish(etl_bus, 2, 3)
            assert short(await take(one, 2)) == ["movie 2", "movie 3"]
            assert api.metric("lag_seconds_count") == 2
            assert api.metric("lag_seconds_sum") < 60


async def test_the_fill_of_history_is_a_metric(etl_bus: Bus, stream_bus: Bus) -> None:
    """It is the used part of the bytes that the stream may hold, so that an alert can come before films are lost."""
    await publish(etl_bus, 1, 2, 3)
    async with serving(stream_bus) as api:
        state = await stream_bus.stream_state("MOVIES")
        assert 0 < api.metric("history_fill_ratio") == state.bytes / state.max_bytes < 1


async def test_a_disconnect_is_noticed_without_an_event(stream_bus: Bus) -> None:
    """The number of clients falls when the connection closes, and not at the next event."""
    async with serving(stream_bus, stream_heartbeat=300) as api:
        async with api.stream() as stream:
            await take(stream, 1)
            assert api.metric("clients", state="live") == 1
        with anyio.fail_after(60):
            await api.until("disconnects_total", 1, reason="client")
        assert api.metric("clients", state="live") == 0


async def test_a_client_that_does_not_read_is_disconnected(etl_bus: Bus, stream_bus: Bus) -> None:
    """It is disconnected after the send timeout, and other clients are not affected."""
    # Long enough for a client that reads, even on a busy machine.
    limits = {"stream_send_timeout": 4, "stream_heartbeat": 1}
    async with serving(stream_bus, **limits) as api, api.stream() as lazy, api.stream() as eager:
        await take(lazy, 1)
        await take(eager, 1)
        for _ in range(100):  # more than the buffers of a connection hold
            await publish(etl_bus, 1, stars=LARGE)
            await take(eager, 1)
        with anyio.fail_after(60):
            await api.until("disconnects_total", 1, reason="send_timeout")
        assert api.metric("clients", state="live") == 1
        assert api.metric("disconnects_total", reason="slow") == 0


async def test_a_client_that_falls_behind_the_ring_resumes(etl_bus: Bus, stream_bus: Bus) -> None:
    """Its stream ends as soon as it reads, and it continues from history where it was."""
    seen: list[int] = []
    async with serving(stream_bus, stream_ring_events=16, stream_send_timeout=300) as api:
        async with api.stream() as slow, api.stream() as eager:
            await take(slow, 1)
            await take(eager, 1)
            # The buffers of the connection hold some megabytes, the ring only the newest events.
            for number in range(1, 121):
                await publish(etl_bus, number, stars=LARGE)
                await take(eager, 1)
            async for event in slow:
                if event.name == "movie":
                    seen.append(event.sequence)
            last = event.id
        with anyio.fail_after(60):
            await api.until("disconnects_total", 1, reason="slow")
        async with api.stream(Last_Event_ID=last) as again:
            seen += [event.sequence for event in await take(again, 121 - len(seen)) if event.name == "movie"]
    assert seen == list(range(1, 121))


async def test_a_burst_larger_than_the_ring_disconnects_no_client_that_reads(etl_bus: Bus, stream_bus: Bus) -> None:
    """Events that came and went between two pushes are read from history on the same connection."""
    async with serving(stream_bus, stream_ring_events=16) as api, api.stream() as stream:
        await take(stream, 1)
        async with (
            anyio.create_task_group() as group
        ):  # together, so that the service reads many from its socket at once
            for number in range(1, 201):
                group.start_soon(publish, etl_bus, number)
        films = await take(stream, 200)
        assert [(event.name, event.sequence) for event in films] == [("movie", n) for n in range(1, 201)]
        assert api.metric("disconnects_total", reason="slow") == 0


async def test_many_clients_that_resume_share_the_reads(etl_bus: Bus, stream_bus: Bus) -> None:
    """A hundred clients that resume the same thousand events cost a few reads of JetStream."""
    await publish(etl_bus, *range(1, 1301))
    async with serving(stream_bus, stream_ring_events=16) as api:

        async def resume() -> None:
            async with api.stream("?replay=1100") as stream:
                events = await take(stream, 1102)
                assert [event.sequence for event in events[1:-1]] == list(range(201, 1301))

        async with anyio.create_task_group() as group:
            for _ in range(100):
                group.start_soon(resume)
        assert api.metric("history_reads_total", purpose="page") <= 3


async def test_beyond_the_limit_a_browser_gets_a_retry_time(stream_bus: Bus) -> None:
    """EventSource stops at any status but 200, so it gets a stream that ends. A client of NDJSON gets a 503."""
    async with serving(stream_bus, stream_max_clients=1) as api, api.stream() as stream:
        await take(stream, 1)
        async with api.stream() as refused:
            assert [event.name async for event in refused] == ["busy"]
        answer = await api.client.get(STREAM, headers={"Accept": "application/x-ndjson"})
        assert (answer.status_code, answer.headers["content-type"]) == (503, "application/problem+json")
        assert int(answer.headers["retry-after"]) > 0


async def test_head_answers_without_a_stream(stream_bus: Bus) -> None:
    """HEAD has the headers of GET and ends."""
    async with serving(stream_bus) as api:
        answer = await api.client.head(STREAM)
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith("text/event-stream")
        assert answer.headers["cache-control"] == "no-store, no-transform"
        assert api.metric("clients", state="live") == 0


async def test_head_is_get_without_a_body(etl_bus: Bus, stream_bus: Bus) -> None:
    """Each address answers HEAD with the status and headers of GET."""
    await publish(etl_bus, 1)
    async with serving(stream_bus) as api:
        with anyio.fail_after(60):
            while (await api.client.get("/api/stats")).status_code != 200:
                await anyio.sleep(0.005)
        for path in ("/api/movies/tt0000001", "/api/movies", "/api/stats", "/", "/api/movies/tt9999999"):
            get, head = await api.client.get(path), await api.client.head(path)
            assert (head.status_code, head.content) == (get.status_code, b"")
            for name in ("content-type", "content-length", "etag", "cache-control"):
                assert head.headers.get(name) == get.headers.get(name)
        assert (await api.client.post("/api/movies")).status_code == 405


@pytest.mark.parametrize(
    "query",
    ["last_event_id=x", "since=x", "replay=-1", "replay=x", "event=film", "min_rating=nan", "tone=happy", "id=tt1"],
)
async def test_a_malformed_query_is_a_problem(stream_bus: Bus, query: str) -> None:
    """It is a 400 with problem details that name the parameter."""
    async with serving(stream_bus) as api:
        answer = await api.client.get(f"{STREAM}?{query}")
        assert answer.status_code == 400
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["errors"][0]["parameter"] == query.partition("=")[0]


@pytest.mark.parametrize(
    ("path", "parameter", "cure"),
    [
        (f"{STREAM}?replay=1&genres=War", "genres", "unknown parameter. Did you mean genre?"),
        ("/api/movies?page=2", "page", "limit, cursor"),
        ("/api/stats?limit=5", "limit", "unknown parameter. Accepted: min_rating, genre"),
        ("/api/directors/nm0000001?limit=5", "limit", "unknown parameter. Accepted: none"),
    ],
)
async def test_an_unknown_parameter_is_a_problem(stream_bus: Bus, path: str, parameter: str, cure: str) -> None:
    """A misspelt filter is reported with a suggestion, and not ignored."""
    async with serving(stream_bus) as api:
        answer = await api.client.get(path)
        assert answer.status_code == 400
        [error] = answer.json()["errors"]
        assert error["parameter"] == parameter
        assert cure in error["reason"]


@pytest.mark.parametrize("path", [STREAM + "/", "/api/movies/", "/api/stats/"])
async def test_a_slash_too_many_is_a_problem(stream_bus: Bus, path: str) -> None:
    """It is a 404 with an explanation. A redirect would name an address that is wrong behind a proxy."""
    async with serving(stream_bus) as api:
        answer = await api.client.get(path)
        assert answer.status_code == 404
        assert answer.headers["content-type"] == "application/problem+json"
        assert path in answer.json()["detail"]


async def test_a_film_is_served_in_its_last_version(etl_bus: Bus, stream_bus: Bus) -> None:
    """The entity tag begins with the id of the event. If it has not changed, the answer has no body."""
    await publish(etl_bus, 1)
    await publish(etl_bus, 1, rating=9.9)
    async with serving(stream_bus) as api:
        await films(api, at=2)
        answer = await api.client.get("/api/movies/tt0000001")
        now = DirectorStats(total_movies=1, average_rating=9.9)
        assert Movie.model_validate_json(answer.content) == movie(1, rating=9.9, director_stats=now)
        tag = answer.headers["etag"]
        assert "-2-" in tag
        again = await api.client.get("/api/movies/tt0000001", headers={"If-None-Match": tag})
        assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize(("id", "status"), [("tt9999999", 404), ("nonsense", 400), ("tt1", 400)])
async def test_an_unknown_film_is_a_problem(stream_bus: Bus, id: str, status: int) -> None:
    """Unknown ids and malformed ids get problem details."""
    async with serving(stream_bus) as api:
        answer = await api.client.get(f"/api/movies/{id}")
        assert answer.json()["status"] == answer.status_code == status
        assert answer.headers["content-type"] == "application/problem+json"


async def test_a_message_that_is_not_a_film_is_skipped(etl_bus: Bus, stream_bus: Bus) -> None:
    """It does not stop the stream, neither live nor in history."""
    sent = movie(2).encode(page_time=PAGE_TIME)
    await etl_bus.publish("cinestream.movies.tt0000002", sent._replace(body=b"not json"))
    async with serving(stream_bus) as api, api.stream("?last_event_id=earliest") as stream:
        await take(stream, 2)
        await etl_bus.publish("cinestream.movies.tt0000003", sent._replace(headers={}))
        await publish(etl_bus, 4)
        assert short(await take(stream, 1)) == ["movie 3"]
        assert api.metric("events_skipped_total") == 2


async def test_other_sites_may_read_only_when_they_are_listed(stream_bus: Bus) -> None:
    """The list of allowed origins is empty by default."""
    async with serving(stream_bus) as api:
        answer = await api.client.head(STREAM, headers={"Origin": "https://a.example"})
        assert "access-control-allow-origin" not in answer.headers
    origins = "https://a.example, https://b.example"
    async with serving(stream_bus, stream_cors_origins=origins) as api:
        answer = await api.client.get("/api/movies/tt0000001", headers={"Origin": "https://a.example"})
        assert answer.headers["access-control-allow-origin"] == "https://a.example"


async def test_the_documentation_needs_no_other_host(stream_bus: Bus) -> None:
    """The page of the API documentation loads only files that the service serves."""
    async with serving(stream_bus) as api:
        page = (await api.client.get("/docs")).text
        assert "//" not in page.replace("http://www.w3.org", "")
        assert (await api.client.get("/docs/assets/swagger-ui-bundle.js")).status_code == 200
        document = (await api.client.get("/openapi.json")).json()
        assert "422" not in str(document)
        assert "application/problem+json" in document["paths"]["/api/movies/{id}"]["get"]["responses"]["404"]["content"]


async def test_the_asyncapi_document_is_served(stream_bus: Bus) -> None:
    """The document names the stream by its path, and its query has the parameters of the OpenAPI document."""
    async with serving(stream_bus) as api:
        document = (await api.client.get("/asyncapi.json")).json()
        operation = (await api.client.get("/openapi.json")).json()["paths"][STREAM]["get"]
        assert document["asyncapi"] == "3.0.0"
        assert document["channels"]["stream"]["address"] == STREAM
        query = document["operations"]["sendEvents"]["bindings"]["http"]["query"]
        assert set(query["properties"]) == {p["name"] for p in operation["parameters"] if p["in"] == "query"}
        assert {"theme", "kind", "until", "on_gap"} < set(query["properties"])


async def test_the_page_runs_only_scripts_of_the_service(stream_bus: Bus) -> None:
    """The policy of the page and its files forbids inline scripts and other hosts."""
    async with serving(stream_bus) as api:
        for path in ("/", "/page/app.js", "/page/style.css", "/page/icon.svg"):
            answer = await api.client.get(path)
            assert answer.status_code == 200
            assert "default-src 'none'; script-src 'self';" in answer.headers["content-security-policy"]


async def test_curl_reads_the_stream(etl_bus: Bus, stream_bus: Bus) -> None:
    """A client that knows no events sees lines at once."""
    await publish(etl_bus, 1)
    async with serving(stream_bus, stream_max_lifetime=3) as api:
        command = ["curl", "-sN", "--max-time", "60", f"{api.url}{STREAM}?replay=1"]
        done = await anyio.run_process(command, check=False, stderr=subprocess.DEVNULL)
        assert b"\nevent: movie\ndata: {" in done.stdout
        first = re.compile(rb"retry: [0-9]+\nid: [0-9a-z]+-[0-9]+\nevent: position\ndata: {}")
        assert first.fullmatch(done.stdout.partition(b"\n\n")[0])


async def test_health_is_answered_on_the_same_port(stream_bus: Bus) -> None:
    """/livez and /readyz answer on the port of the stream."""
    async with serving(stream_bus) as api:
        assert (await api.client.get("/livez")).json() == {"status": "alive"}
        assert (await api.client.get("/readyz")).json() == {"status": "ready", "degraded": []}
