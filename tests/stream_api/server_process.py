"""stream-api as a process, as it runs in production."""

import os
import subprocess
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path

from tests.nats_server import NatsServer
from tests.paths import SCRIPTS
from tests.ports import free_port


@dataclass
class Process:
    """The command `cinestream-stream-api` on its own ports. It can be killed and started again."""

    nats: NatsServer
    log: Path
    port: int = field(default_factory=free_port)
    ops: int = field(default_factory=free_port)
    settings: dict[str, str] = field(default_factory=dict)
    open_files: int = 0
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """The URL of the service."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def environment(self) -> dict[str, str]:
        """The environment variables of the process."""
        own = {"CINESTREAM_STREAM_PORT": str(self.port), "CINESTREAM_OPS_PORT": str(self.ops)}
        return (
            os.environ
            | self.nats.environment("stream-api")
            | own
            | {
                "CINESTREAM_STREAM_RETRY_MS": "50",
                **self.settings,
            }
        )

    def start(self) -> None:
        """Start the process and wait until it answers."""
        with self.log.open("ab") as log:
            command = [str(SCRIPTS / "cinestream-stream-api")]
            if self.open_files:
                command = ["sh", "-c", f'ulimit -n {self.open_files} && exec "$0"', *command]
            self.process = subprocess.Popen(command, env=self.environment, stdout=log, stderr=log)
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline and self.process.poll() is None:
            try:
                urllib.request.urlopen(f"{self.url}/readyz", timeout=1).close()
                return
            except (urllib.error.URLError, OSError):
                time.sleep(0.01)
        raise RuntimeError(self.log.read_text())

    def terminate(self) -> int:
        """End the process as a supervisor does. Return its exit code."""
        assert self.process
        self.process.terminate()
        return self.process.wait(90)

    def kill(self) -> None:
        """End the process as a crash does."""
        if self.process and self.process.poll() is None:
            self.process.kill()
            self.process.wait()
