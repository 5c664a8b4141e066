"""How many sessions a Selenium server has room for."""

import math
from typing import Any

import anyio
import orjson
import pytest
from tests.scraper.sites import CannedResponse, hand_made_site

from cinestream_scraper.browser.grid import GridCapacity, sessions_of

pytestmark = pytest.mark.anyio


def status(*most: int) -> dict[str, Any]:
    """What a Grid with such nodes answers."""
    return {"value": {"ready": True, "nodes": [{"maxSessions": one, "availability": "UP"} for one in most]}}


@pytest.mark.parametrize(
    ("answer", "most"),
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
def test_what_a_server_has_room_for(answer: Any, most: float) -> None:
    """The nodes that are up together; a driver names none, and has no limit of its own."""
    assert sessions_of(answer) == most


async def test_a_limit_that_changes_is_noticed() -> None:
    """It is asked again after a while, and not for each page; who is away or talks nonsense has no limit."""
    now = 0.0
    with hand_made_site() as site:
        room = GridCapacity(f"{site.url}/wd/hub/", lambda: now)
        for said, expected in ((status(1), 1), (status(3), 3), ("nonsense", math.inf)):
            site.answers["/wd/hub/status"] = CannedResponse(orjson.dumps(said).decode())
            now += 60
            for _ in range(3):
                assert await room.max_sessions() == expected
        assert len(site.asked) == 3


async def test_all_who_ask_at_once_get_the_answer() -> None:
    """Nobody is let through while the first question is under way."""
    found: list[float] = []
    with hand_made_site() as site:
        site.answers["/status"] = CannedResponse(orjson.dumps(status(2)).decode())
        room = GridCapacity(site.url)

        async def ask() -> None:
            found.append(await room.max_sessions())

        async with anyio.create_task_group() as group:
            for _ in range(5):
                group.start_soon(ask)
        assert site.asked == ["/status"]
    assert found == [2] * 5


@pytest.mark.parametrize(("written", "meant"), [("me:p%40ss", "me:p@ss"), ("me:%E2%82%AC", "me:€")])
async def test_a_server_is_asked_by_the_name_and_password_in_its_address(written: str, meant: str) -> None:
    """As the driver asks it, too; both may have any characters."""
    with hand_made_site() as site:
        site.answers["/status"] = CannedResponse(orjson.dumps(status(3)).decode())
        assert await GridCapacity(site.url.replace("//", f"//{written}@")).max_sessions() == 3
        assert site.credentials == [meant]
