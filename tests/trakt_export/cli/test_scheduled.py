"""Exports by schedule, with the command as a process."""

import json
import signal
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from tests.paths import SCRIPTS
from tests.trakt_export.conftest import environment
from tests.trakt_export.server import FakeTrakt, movie

from cinestream_trakt_export.settings import TraktSettings

pytestmark = [pytest.mark.process, pytest.mark.timeout(400)]


@dataclass
class Service:
    """A running `export ratings --every 1s`."""

    process: subprocess.Popen[bytes]
    port: str
    out: Path
    config: Path
    log: Path

    def get(self, path: str) -> str:
        """Return the text of an ops endpoint, empty while there is no answer."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=60) as answer:
                return str(answer.read().decode())
        except OSError:
            return ""

    def health(self) -> dict[str, Any]:
        """Return the facts of /health."""
        return dict(json.loads(self.get("/health") or "{}"))

    def until(self, condition: Callable[[], bool]) -> None:
        """Wait for a condition."""
        deadline = time.monotonic() + 60
        while not condition():
            assert time.monotonic() < deadline, self.log.read_text()
            assert self.process.poll() is None, self.log.read_text()
            time.sleep(0.02)


@pytest.fixture
def service(trakt: FakeTrakt, settings: TraktSettings, tmp_path: Path) -> Iterator[Service]:
    """Start the service with one rated film in the library."""
    trakt.lists["/sync/ratings/movies"] = [{"rating": 5, "type": "movie", "movie": movie(1)}]
    config, log, out = tmp_path / "trakt.toml", tmp_path / "log", tmp_path / "out"
    config.write_text("[worker_pool]\nsize = 7\n")
    env = environment(settings) | {"CINESTREAM_TRAKT_CONFIG": str(config), "CINESTREAM_LOG_FORMAT": "json"}
    arguments = ["export", "ratings", "--out", str(out), "--every", "1s"]
    with log.open("wb") as file:
        process = subprocess.Popen([str(SCRIPTS / "cinestream-trakt"), *arguments], env=env, stdout=file, stderr=file)
    try:
        yield Service(process, env["CINESTREAM_OPS_PORT"], out, config, log)
    finally:
        process.kill()
        process.wait()


def test_the_service_repeats_exports_and_survives_errors(trakt: FakeTrakt, service: Service) -> None:
    """A new rating is in the next files. An error is reported by /readyz. SIGTERM ends the service at once."""
    service.until((service.out / "ratings-001.csv").exists)
    service.until(lambda: '"degraded":[]' in service.get("/readyz"))
    trakt.lists["/sync/ratings/movies"].append({"rating": 9, "type": "movie", "movie": movie(2)})
    service.until(lambda: "Film 2" in (service.out / "ratings-001.csv").read_text())
    trakt.faults = ["426"] * 1000
    service.until(lambda: "VIP" in service.get("/readyz"))
    trakt.faults = []
    service.until(lambda: '"degraded":[]' in service.get("/readyz"))
    metrics = service.get("/metrics")
    assert 'cinestream_trakt_requests_total{endpoint="/sync/ratings/movies",result="ok"}' in metrics
    assert 'cinestream_trakt_runs_total{result="done"}' in metrics
    assert "cinestream_trakt_breaker_open 0.0" in metrics
    assert service.health()["last_error"]["endpoint"] == "/users/settings"
    service.process.send_signal(signal.SIGTERM)
    assert service.process.wait(60) == 0
    events = [json.loads(line)["event"] for line in service.log.read_text().splitlines() if line.startswith("{")]
    assert {"service.ready", "export.done", "export.failed", "service.stopped"} <= set(events)


def test_sighup_reads_the_settings_again(service: Service) -> None:
    """Invalid settings are refused, and the old settings stay."""
    service.until(lambda: service.health().get("pool", {}).get("size") == 7)
    service.config.write_text("[worker_pool]\nsize = 3\n")
    service.process.send_signal(signal.SIGHUP)
    service.until(lambda: service.health().get("pool", {}).get("size") == 3)
    service.config.write_text("[worker_pool]\nsize = 0\n")
    service.process.send_signal(signal.SIGHUP)
    service.until(lambda: "settings.refused" in service.log.read_text())
    assert service.health()["pool"]["size"] == 3


def test_the_command_health_prefers_the_service(service: Service, settings: TraktSettings) -> None:
    """A running service overrides the facts of the last run."""
    service.until(lambda: service.health().get("requests", 0) > 0)
    env = environment(settings) | {"CINESTREAM_OPS_PORT": service.port}
    output = subprocess.run(
        [str(SCRIPTS / "cinestream-trakt"), "health", "--json"], env=env, capture_output=True, timeout=60
    )
    assert json.loads(output.stdout)["source"] == "service"
