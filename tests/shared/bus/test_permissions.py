"""The table of permissions, compared with those that a real nats-server grants."""

import orjson
import pytest
from tests.nats_server import NatsServer

from cinestream.bus.permissions import PERMISSIONS, USER_INFO, covers


@pytest.mark.anyio
@pytest.mark.parametrize("user", PERMISSIONS)
async def test_the_server_grants_what_the_table_has(nats: NatsServer, user: str) -> None:
    """The permissions that the server tells a user are those of the table, no more and no fewer."""
    bus = await nats.connect(user)
    granted = orjson.loads(await bus.request(USER_INFO, b""))["data"]["permissions"]
    await bus.close()
    needed = PERMISSIONS[user]
    assert sorted(granted["publish"]["allow"]) == sorted(needed.publish)
    assert sorted(granted["subscribe"]["allow"]) == sorted(needed.subscribe)
    assert ("responses" in granted) == needed.responds


@pytest.mark.parametrize(
    ("pattern", "subject", "expected"),
    [
        ("a.b", "a.b", True),
        ("a.*", "a.b", True),
        ("a.>", "a.b.c", True),
        ("a.>", "a.*.c", True),
        ("a.>", "a.>", True),
        ("a.*", "a.*", True),
        ("a.>", "a", False),
        ("a.*", "a.b.c", False),
        ("a.*", "a.>", False),
        ("a.b", "a.*", False),
        ("a.b", "a", False),
        ("a", "a.b", False),
    ],
)
def test_a_pattern_covers_subjects_and_narrower_patterns(pattern: str, subject: str, expected: bool) -> None:
    """A pattern covers another one if it matches every subject that the other one matches."""
    assert covers(pattern, subject) is expected
