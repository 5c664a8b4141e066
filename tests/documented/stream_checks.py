"""The documented requests to the stream and the API."""

import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from tests.documented.check import Checks, follows, prints
from tests.documented.pipeline import Pipeline
from tests.ports import free_port

_TOKEN = "a-long-random-token"


def _list_streams(pipeline: Pipeline, text: str) -> None:
    with pipeline.started(f"curl -sN '{pipeline.stream_url}/api/movies/stream'"):
        pipeline.wait_for(lambda: '"address":"127.0.0.1"' in pipeline.run(text), "the open stream")


def _end_stream(pipeline: Pipeline, text: str) -> None:
    address = f"{pipeline.ops['stream-api']}/ops/streams"
    with pipeline.started(f"curl -sN '{pipeline.stream_url}/api/movies/stream?genre=western'") as output:
        pipeline.wait_for(lambda: "genre=western" in pipeline.run(f"curl -s {address}"), "the open stream")
        (id,) = [
            stream["id"]
            for stream in pipeline.get("/ops/streams", base=pipeline.ops["stream-api"])["streams"]
            if "western" in stream["filter"]
        ]
        pipeline.run(text, values={"3fa9c1-17": id})
        pipeline.wait_for(lambda: output.read_text().count("event: position") == 2, "the closing block")


def _over_nc(pipeline: Pipeline, text: str) -> None:
    # `make test` installs nc where it can.
    if shutil.which("nc"):
        port = pipeline.stream_url.rpartition(":")[2]
        pipeline.follow(text.replace("3000", port), "event: movie")


STREAM: Checks = {
    "curl -N 'http://localhost:3000/api/movies/stream?replay=5&distinct=true'": follows("event: movie", "event: live"),
    ".venv/bin/cinestream watch --replay 5 --genre Drama": follows("The Godfather"),
    "curl -sN -H 'Accept: application/x-ndjson' 'http://localhost:3000/api/movies/stream?replay=1&until=live'": prints(
        '"event":"movie"'
    ),
    "curl -sN 'http://localhost:3000/api/movies/stream?replay=2&distinct=true&until=live'": prints(
        "event: movie", "retry: "
    ),
    "curl -sN 'http://localhost:3000/api/movies/stream?heartbeat=event&heartbeat_seconds=5'": follows(
        "event: heartbeat"
    ),
    "curl -N 'http://localhost:3000/api/movies/stream?genre=Drama&genre=Crime&decade=1990s'": follows(
        "event: position"
    ),
    "curl 'http://localhost:3000/api/movies?decade=90s'": prints("Did you mean 1990s?"),
    "curl -N 'http://localhost:3000/api/movies/stream?director=Nolan'": follows("event: notice"),
    "curl -s 'http://localhost:3000/api/movies?q=shawshank+robbins&sort=rating' | jq -r '.movies[].title'": prints(
        "The Shawshank Redemption"
    ),
    "curl -s http://localhost:3000/api/movies/tt0111161 | jq '{title, published_at, page_read_at}'": prints(
        "The Shawshank Redemption", "page_read_at"
    ),
    "curl -s 'http://localhost:3000/api/movies/tt0111161/versions?limit=2'": prints('"revision":'),
    "curl -s 'http://localhost:3000/api/timeline?buckets=2&genre=drama'": prints('"buckets":['),
    "curl -s 'http://localhost:3000/api/stats?decade=1990s'": prints('"average_rating"'),
    "curl 'http://localhost:3000/api/movies?limit=1_0'": prints("expected a whole number"),
    "curl -H 'Host: films.example.org' http://localhost:3000/api/movies": prints("421", "films.example.org"),
    r"printf 'GET /api/movies/stream?replay=5 HTTP/1.0\r\n\r\n' | nc -N localhost 3000": _over_nc,
}
"""Requests that need nothing else."""

OPERATOR: Checks = {
    "curl 'http://127.0.0.1:9103/ops/streams?limit=1'": _list_streams,
    "curl -X DELETE http://127.0.0.1:9103/ops/streams/3fa9c1-17": _end_stream,
}
"""Requests to the ops port, from this machine."""

TOKENS: Checks = {
    'curl -N -H "Authorization: Bearer $TOKEN" $URL': follows("event: movie", TOKEN="token", URL="url"),
    'wget -qO- --header "Authorization: Bearer $TOKEN" $URL': follows("event: movie", TOKEN="token", URL="url"),
    'curl -c cookies -d "token=$TOKEN" http://localhost:3000/session': prints(TOKEN="token"),
    "curl -b cookies -N 'http://localhost:3000/api/movies/stream?replay=5'": follows("event: movie"),
    'curl -H "Authorization: Bearer $CINESTREAM_OPS_TOKEN" http://127.0.0.1:9103/ops/streams': prints(
        '"total":', CINESTREAM_OPS_TOKEN="token"
    ),
}
"""Requests to a stream-api with tokens."""


@contextmanager
def with_tokens(pipeline: Pipeline) -> Iterator[Pipeline]:
    """Start another stream-api in the folder of the run, which has tokens and finds its login by itself."""
    port, ops = free_port(), free_port()
    settings = {
        "CINESTREAM_STREAM_PORT": str(port),
        "CINESTREAM_OPS_PORT": str(ops),
        "CINESTREAM_STREAM_TOKENS": _TOKEN,
        "CINESTREAM_OPS_TOKEN": _TOKEN,
    }
    url = f"http://localhost:{port}"
    values = {"token": _TOKEN, "url": f"{url}/api/movies/stream?replay=5"}
    other = Pipeline(pipeline.folder, pipeline.environment, url, {"stream-api": f"http://127.0.0.1:{ops}"}, values)
    with ExitStack() as stack:
        output = stack.enter_context(pipeline.started("exec .venv/bin/cinestream-stream-api", **settings))
        other.wait_for(lambda: "scan.complete" in output.read_text(), "the stream-api with tokens")
        yield other
