"""The OpenAPI document, compared with the answers of the running service to generated requests."""

from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

import anyio
import anyio.to_thread
import httpx2
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import Case, GenerationMode
from schemathesis.core.failures import FailureGroup
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import negative_data_rejection, positive_data_acceptance
from tests.nats_server import NatsServer
from tests.stream_api.films import publish
from tests.stream_api.server_process import Process
from tests.stream_api.serving import serving

from cinestream.bus.jetstream import Bus
from cinestream.contracts import Movie
from cinestream_stream_api.catalogue.removal import remove
from cinestream_stream_api.http.openapi import FILM

pytestmark = pytest.mark.anyio
# Streams end after a moment, so that the whole response can be checked.
BRIEF_STREAMS = {"CINESTREAM_STREAM_MAX_LIFETIME": "0.1", "CINESTREAM_STREAM_HEARTBEAT": "0.1"}
BOUNDED = settings(
    max_examples=20,
    phases=[Phase.explicit, Phase.generate],  # no shrinking: each example is a request
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture
def api_environment() -> dict[str, str]:
    """Return the settings of the process `api`."""
    return BRIEF_STREAMS


@pytest.fixture(scope="module")
def empty_api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Process]:
    """Run stream-api without films, for all tests that only read."""
    folder = tmp_path_factory.mktemp("empty")
    nats = NatsServer(folder)
    nats.start()
    anyio.run(nats.declare_topology)
    process = Process(nats, folder / "stream-api.log", settings=BRIEF_STREAMS)
    process.start()
    yield process
    process.kill()
    nats.kill()


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=["right", "wrong"])
async def test_every_request_is_answered_as_described(
    api: Process, etl_bus: Bus, topology: NatsServer, mode: GenerationMode
) -> None:
    """Valid and invalid requests get a documented answer, and never an internal error."""
    await publish(etl_bus, *range(1, 31))
    takedown = await topology.connect("takedown")
    await remove(takedown, "tt0000001")
    await takedown.close()
    await anyio.to_thread.run_sync(_try_all, api, mode)
    assert "Traceback" not in api.log.read_text()


def _try_all(api: Process, mode: GenerationMode) -> None:
    for result in schemathesis.openapi.from_url(f"{api.url}/openapi.json").get_all_operations():
        assert isinstance(result, Ok)
        operation = result.ok()
        if mode is GenerationMode.POSITIVE or operation.definition.raw.get("parameters"):
            _try(operation.as_strategy(generation_mode=mode))


def _try(cases: Any) -> None:
    @given(case=cases)
    @BOUNDED
    def run(case: Case[Any]) -> None:
        # In a query, `false` is a valid text, so negative data may be accepted. A cursor of another stream is refused,
        # and a time range that ends before it begins, which no schema can express.
        excluded: list[Any] = [negative_data_rejection]
        if "cursor" in case.query or {"since", "until"} <= case.query.keys():
            excluded.append(positive_data_acceptance)
        try:
            case.call_and_validate(timeout=60, excluded_checks=excluded)
        except FailureGroup as error:
            pytest.fail(str(error), pytrace=False)

    run()


async def test_every_operation_and_error_has_an_example(stream_bus: Bus) -> None:
    """All errors are problem details, and the stream and a film document all of theirs."""
    async with serving(stream_bus, stream_tokens="secret") as api:
        document = (await api.client.get("/openapi.json")).json()
    described = {
        path if method == "get" else f"{method} {path}": operation["responses"]
        for path, operations in document["paths"].items()
        for method, operation in operations.items()
    }
    assert {"200", "400", "401", "406", "429", "503"} <= described["/api/movies/stream"].keys()
    assert {"200", "304", "400", "401", "404", "410", "503"} <= described["/api/movies/{id}"].keys()
    assert {"204", "400", "401", "403", "413", "415", "429"} <= described["post /session"].keys()
    for responses in described.values():
        for status, response in responses.items():
            if status in ("204", "304"):
                continue
            for media_type, content in response["content"].items():
                assert content["example"]
                if int(status) >= 400:
                    assert media_type == "application/problem+json"
                    assert (content["example"]["status"], content["example"]["title"]) == (
                        int(status),
                        HTTPStatus(int(status)).phrase,
                    )
    assert Movie.model_validate(FILM).id == "tt0111161"


@pytest.mark.nats
@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nothing", 404),
        ("GET", "/page/nothing.js", 404),
        ("POST", "/api/movies/stream", 405),
        ("DELETE", "/api/movies/tt0000001", 405),
        ("GET", "/api/movies/tt1", 400),
        ("GET", "/api/movies/tt0000001", 404),
        ("GET", "/api/movies?limit=0", 400),
        ("GET", "/api/directors/nobody", 404),
        ("GET", "/api/movies/stream?since=yesterday", 400),
        ("GET", "/api/movies/stream?genres=Drama", 400),
        ("GET", "/api/stats?genres=Drama", 400),
        ("GET", "/api/timeline?buckets=501", 400),
        ("GET", "/api/movies/tt0000001/versions", 404),
    ],
)
async def test_every_error_is_problem_details(empty_api: Process, method: str, path: str, status: int) -> None:
    """Each error is problem details (RFC 9457), with the status in the body too."""
    async with httpx2.AsyncClient(base_url=empty_api.url, timeout=60) as client:
        answer = await client.request(method, path)
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    assert answer.json()["status"] == status
    assert answer.json()["title"] == HTTPStatus(status).phrase
