"""A real nats-server for tests."""

import os
import secrets
import socket
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path

from tests.paths import SCRIPTS
from tests.ports import free_port

from cinestream.bus import topology
from cinestream.bus.jetstream import Bus
from cinestream.commands.streams import TopologySettings, declare
from cinestream_demo.local.nats import CONFIG, nats_environment

USERS = ("topology", "scraper", "etl", "stream-api", "trakt-export", "takedown")


@dataclass
class NatsServer:
    """A nats-server process with the configuration and the users of nats.conf.

    The server can be killed and started again with the same port, passwords and streams.
    `store` is the folder of its streams, `config` another configuration than that of the project.
    """

    store: Path
    port: int = field(default_factory=free_port)
    monitor: int = field(default_factory=free_port)
    passwords: dict[str, str] = field(default_factory=lambda: {user: f"p{secrets.token_hex(8)}" for user in USERS})
    process: subprocess.Popen[bytes] | None = None
    config: Path = CONFIG

    @property
    def url(self) -> str:
        """The address for clients."""
        return f"nats://127.0.0.1:{self.port}"

    def environment(self, user: str) -> dict[str, str]:
        """Return the environment variables with which a service connects as `user`."""
        return {
            "CINESTREAM_NATS_URL": self.url,
            "CINESTREAM_NATS_USER": user,
            "CINESTREAM_NATS_PASSWORD": self.passwords[user],
        }

    def start(self) -> None:
        """Start the server and wait until it accepts connections.

        Raises:
            RuntimeError: The server ended, or accepted no connection within 60 s. The text is the server's log.
        """
        listen, monitor = f"127.0.0.1:{self.port}", f"127.0.0.1:{self.monitor}"
        environment = nats_environment(listen, self.store, self.passwords, monitor=monitor)
        command = [str(SCRIPTS / "nats-server"), "-c", str(self.config)]
        log = self.store / "nats.log"
        with log.open("ab") as output:
            self.process = subprocess.Popen(command, env=os.environ | environment, stdout=output, stderr=output)
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline and self.process.poll() is None:
            try:
                socket.create_connection(("127.0.0.1", self.port), 0.2).close()
                return
            except OSError:
                time.sleep(0.005)
        raise RuntimeError(log.read_text())

    def kill(self) -> None:
        """Kill the server with SIGKILL, as a power cut would."""
        if self.process:
            self.process.kill()
            self.process.wait()

    async def declare_topology(self) -> None:
        """Declare the project's streams, consumers and buckets."""
        bus = await self.connect("topology")
        await declare(bus, TopologySettings())
        await bus.close()

    async def shorten_ack_wait(self, stream: str, consumer: str, *, seconds: int) -> None:
        """Change the ack_wait of a consumer, so that the messages of a dead worker are soon delivered again.

        The topology must be declared.
        """
        (config,) = (known.config for known in topology.stream(stream).consumers if known.name == consumer)
        request = {"stream_name": stream, "config": {**config, "ack_wait": seconds * 1_000_000_000}}
        bus = await self.connect("topology")
        await bus.declare(f"CONSUMER.DURABLE.CREATE.{stream}.{consumer}", request)
        await bus.close()

    async def connect(self, user: str) -> Bus:
        """Return a connection with the permissions of `user`. The caller closes it."""
        return await Bus.connect(self.url, name=f"test-{user}", user=user, password=self.passwords[user])
