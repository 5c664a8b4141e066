"""The checks that hold for the query parameters of all routes."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from tests.stream_api.serving import Api, serving

from cinestream.bus.jetstream import Bus

pytestmark = pytest.mark.anyio


@pytest.fixture
async def api(stream_bus: Bus) -> AsyncIterator[Api]:
    """Run the service. Its streams end at once, so that each answer is complete."""
    async with serving(stream_bus, stream_max_lifetime=0.01, stream_heartbeat=0.1) as api:
        yield api


async def parameters(api: Api) -> list[tuple[str, str, set[str]]]:
    """Return the path, the name and the types of each documented query parameter."""
    document = (await api.client.get("/openapi.json")).json()
    return [
        (
            path.replace("{id}", "tt0000001").replace("{director}", "nobody"),
            parameter["name"],
            {one.get("type", "") for one in parameter["schema"].get("anyOf", [parameter["schema"]])},
        )
        for path, operations in document["paths"].items()
        for parameter in operations.get("get", {}).get("parameters", ())
        if parameter["in"] == "query"
    ]


async def refusal(api: Api, path: str, query: str) -> Any:
    """Return the one error in the answer to a query that must be refused."""
    answer = await api.client.get(f"{path}?{query}")
    assert answer.status_code == 400, query
    (error,) = answer.json()["errors"]
    return error


async def test_a_blank_parameter_counts_as_absent(api: Api) -> None:
    """It changes nothing on any route, whatever its type."""
    for path, name, _ in await parameters(api):
        plain = await api.client.get(path)
        for blank in (name, f"{name}=", f"{name}=%20+", f"{name}=&{name}="):
            assert (await api.client.get(f"{path}?{blank}")).status_code == plain.status_code, blank


async def test_a_parameter_with_one_value_is_given_once(api: Api) -> None:
    """A repeated one is refused on every route, because one of its values would be ignored."""
    for path, name, types in await parameters(api):
        if "array" not in types:
            assert await refusal(api, path, f"{name}=1&{name}=1") == {
                "parameter": name,
                "reason": "given 2 times. Give it once",
            }


async def test_numbers_have_one_form(api: Api) -> None:
    """On every route a number has ASCII digits and nothing else. The refusal gives an example that is accepted."""
    for path, name, types in await parameters(api):
        if types & {"integer", "number"}:
            for text in ("1_0", "%2B5", "%205", "5%20", "%D9%A5", "0x5", "5,0", "five"):
                reason = (await refusal(api, path, f"{name}={text}"))["reason"]
            example = reason.rpartition(" ")[2]
            assert (await api.client.get(f"{path}?{name}={example}")).status_code != 400


async def test_whole_numbers_have_no_fraction(api: Api) -> None:
    """`5.0` is no number of films. A rating may have a fraction."""
    assert (await refusal(api, "/api/movies/stream", "replay=5.0"))["reason"] == "expected a whole number, like 5"
    assert (await refusal(api, "/api/movies", "limit=5.0"))["parameter"] == "limit"
    assert (await api.client.get("/api/movies?min_rating=7.5")).status_code != 400


async def test_a_decimal_comma_is_refused_with_the_fix(api: Api) -> None:
    """The example of a rating is the same number with a point."""
    reason = (await refusal(api, "/api/movies/stream", "min_rating=5,5"))["reason"]
    assert reason == "expected a number, like 5.5"
