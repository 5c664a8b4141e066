"""The values that nats-server reads from its environment."""

from pathlib import Path

import pytest
from tests.nats_server import USERS, NatsServer

pytestmark = [pytest.mark.anyio, pytest.mark.process]


@pytest.mark.parametrize(
    "text", ["12", "1m", "my 'own' \"films\", a;b{c}#d$HOME é\n", "\\n//\t[true]\r", "$CINESTREAM_NATS_STORE"]
)
async def test_any_store_and_any_password_work(tmp_path: Path, text: str) -> None:
    """Neither numbers nor signs of the configuration language change the folder of the streams or a password."""
    store = tmp_path / text.replace("/", "_")
    store.mkdir()
    server = NatsServer(store, passwords=dict.fromkeys(USERS, text))
    server.start()
    try:
        await server.declare_topology()
        assert (store / "jetstream").is_dir()
    finally:
        server.kill()
