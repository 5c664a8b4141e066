"""The capacity of a Selenium server."""

import math
from typing import Any

import anyio
import orjson
import pytest
from tests.scraper.sites import CannedResponse, hand_made_site

from cinestream_scraper.browser.grid import GridCapacity, sessions_of

pytestmark = pytest.mark.anyio


def status(*sizes: int) -> dict[str, Any]:
    """Return the status of a Grid with these nodes."""
    return {"value": {"ready": True, "nodes": [{"maxSessions": size, "availability": "UP"} for size in sizes]}}


@pytest.mark.parametrize(
    ("body", "capacity"),
    [
        (status(1), 1),
        (status(2, 3), 5),
        (status(), 1),
        ({"value": {"nodes": [{"maxSessions": 4, "availability": "DOWN"}, {"maxSessions": 2}]}}, 2),
        ({"value": {"ready": True, "message": "ChromeDriver ready"}}, math.inf),
        ({"value": {"nodes": "x"}}, math.inf),
        ([], math.inf),
    ],
)
def test_the_capacity_of_a_server(body: Any, capacity: float) -> None:
    """The capacity is that of all nodes that are up. A driver names no nodes, and has no limit."""
    assert sessions_of(body) == capacity


async def test_a_changed_capacity_is_noticed() -> None:
    """The capacity is read again after 15 s, and not for each page. A server that answers nonsense has no limit."""
    now = 0.0
    with hand_made_site() as site:
        capacity = GridCapacity(f"{site.url}/wd/hub/", lambda: now)
        for body, expected in ((status(1), 1), (status(3), 3), ("nonsense", math.inf)):
            site.answers["/wd/hub/status"] = CannedResponse(orjson.dumps(body).decode())
            now += 60
            for _ in range(3):
                assert await capacity.max_sessions() == expected
        assert len(site.requested) == 3


async def test_concurrent_callers_wait_for_one_request() -> None:
    """Callers wait for the first request instead of sending one each."""
    found: list[float] = []
    with hand_made_site() as site:
        site.answers["/status"] = CannedResponse(orjson.dumps(status(2)).decode())
        capacity = GridCapacity(site.url)

        async def read() -> None:
            found.append(await capacity.max_sessions())

        async with anyio.create_task_group() as group:
            for _ in range(5):
                group.start_soon(read)
        assert site.requested == ["/status"]
    assert found == [2] * 5


@pytest.mark.parametrize(("written", "meant"), [("me:p%40ss", "me:p@ss"), ("me:%E2%82%AC", "me:€")])
async def test_requests_carry_the_name_and_password_of_the_address(written: str, meant: str) -> None:
    """Name and password may contain any characters. The driver sends them in the same way."""
    with hand_made_site() as site:
        site.answers["/status"] = CannedResponse(orjson.dumps(status(3)).decode())
        assert await GridCapacity(site.url.replace("//", f"//{written}@")).max_sessions() == 3
        assert site.credentials == [meant]
