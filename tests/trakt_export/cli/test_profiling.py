"""Profiles of time and memory."""

import os
import signal
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from tests.paths import SCRIPTS
from tests.ports import free_port
from tests.trakt_export.conftest import command, environment
from tests.trakt_export.server import FakeTrakt, movie

from cinestream_trakt_export.settings import TraktSettings


def test_a_profile_is_written_at_the_end(trakt: FakeTrakt, settings: TraktSettings, tmp_path: Path) -> None:
    """The files hold the time as text and as HTML, and the heap. A failed export has them too."""
    trakt.lists["/sync/ratings/movies"] = [{"rating": 5, "type": "movie", "movie": movie(1)}]
    for kind, folder, code in (("ratings", "one", 0), ("watched", "two", 1)):
        trakt.faults = ["426"] if code else []
        options = ("--out", str(tmp_path / "out"), "--profile", str(tmp_path / folder))
        assert command(settings, "export", kind, *options).returncode == code
        # Where every sample begins; a short run may have no sample in any other place.
        assert "with_trakt" in (tmp_path / folder / "profile.txt").read_text()
        assert "<html" in (tmp_path / folder / "profile.html").read_text()
        assert "bytes" in (tmp_path / folder / "heap.txt").read_text()


@pytest.mark.process
def test_profiles_are_served_on_loopback(trakt: FakeTrakt, settings: TraktSettings, tmp_path: Path) -> None:
    """`[profiling] enabled` serves them during a run. Invalid durations are refused."""
    trakt.lists["/sync/ratings/movies"] = [{"rating": 5, "type": "movie", "movie": movie(1)}]
    port = free_port()
    on = {"CINESTREAM_TRAKT_PROFILING__ENABLED": "true", "CINESTREAM_TRAKT_PROFILING__PORT": str(port)}
    arguments = [str(SCRIPTS / "cinestream-trakt"), "export", "ratings", "--out", str(tmp_path), "--every", "1s"]
    process = subprocess.Popen(arguments, env=environment(settings) | on, stderr=subprocess.DEVNULL)
    try:
        heap = _wait_for(f"http://127.0.0.1:{port}/debug/heap", process)
        assert "traced now" in heap
        assert "blocks" in heap
        profile = _wait_for(f"http://127.0.0.1:{port}/debug/profile?seconds=1.5", process)
        assert "Samples" in profile
        for nonsense in ("x", "-1", "1e9", "nan"):
            assert _status(f"http://127.0.0.1:{port}/debug/profile?seconds={nonsense}") == 400
        listening = Path(f"/proc/{process.pid}/net/tcp")
        if listening.exists():
            addresses = [line.split()[1] for line in listening.read_text().splitlines()[1:]]
            assert {address for address in addresses if address.endswith(f":{port:04X}")} <= {f"0100007F:{port:04X}"}
        os.kill(process.pid, signal.SIGTERM)
        assert process.wait(60) == 0
    finally:
        process.kill()
        process.wait()


def _wait_for(url: str, process: subprocess.Popen[bytes]) -> str:
    """Return the response as soon as the port is open."""
    deadline = time.monotonic() + 60
    while True:
        try:
            with urllib.request.urlopen(url, timeout=60) as answer:
                return str(answer.read().decode())
        except urllib.error.URLError:
            assert time.monotonic() < deadline
            assert process.poll() is None
            time.sleep(0.02)


def _status(url: str) -> int:
    try:
        with urllib.request.urlopen(url, timeout=60) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code
