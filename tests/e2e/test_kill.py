"""Kill each part with SIGKILL during a run.

A client that reconnects with its last id has every film once, in order.
"""

import logging
import os
import signal
from collections import Counter
from pathlib import Path

import pytest
from tests.e2e.clients import ResumingClient
from tests.e2e.conftest import Run, running, wait_until

from cinestream_demo.films.catalogue import open_catalogue

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(600)]
FILMS = 40

log = logging.getLogger(__name__)


def kill_and_wait(run: Run, name: str) -> None:
    """Kill a part with SIGKILL, and wait until the supervisor has started it again."""
    pid = run.pid(name)
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    wait_until(
        lambda: run.pid(name) not in (None, pid), timeout=60, what=lambda: f"new {name}:\n" + "\n".join(run.lines)
    )


def wait_for_films(client: ResumingClient, count: int) -> None:
    """Wait until the client has received `count` films."""
    wait_until(lambda: len(client.movies) >= count, timeout=120, what=lambda: f"film {count}: {len(client.movies)}")


def test_every_film_arrives_once_whatever_is_killed(data_dir: Path) -> None:
    """Kill each part with SIGKILL during a run, while 40 films are read."""
    ids = [film.id for film in open_catalogue()][:FILMS]
    with running(data_dir, CINESTREAM_SCRAPER_SEEDS=",".join(ids)) as run:
        run.wait_for("stream-api: running")
        client = ResumingClient(run.url)
        client.start()
        for step, name in enumerate(("scraper", "etl", "stream-api", "nats"), start=1):
            wait_for_films(client, step * FILMS // 6)
            kill_and_wait(run, name)
        wait_until(
            lambda: {e.json["id"] for e in client.movies} >= set(ids),
            timeout=180,
            what=lambda: f"films: {len(client.movies)} of {FILMS}\n" + "\n".join(run.lines[-20:]),
        )
        client.stop()
        code, seconds = run.stop()
    for name in ("read", "films stored"):
        counted = [line.partition(f"  {name} ")[2].split() for line in run.lines]
        shown = [int(words[0]) for words in counted if words]
        assert shown == sorted(shown), f"{name} fell"
    counts = Counter(event.json["id"] for event in client.movies)
    assert set(counts) == set(ids)
    # The demo site changes the film tt0111161 all the time: each time it is read, it may be published again.
    assert {id: n for id, n in counts.items() if n > 1 and id != "tt0111161"} == {}
    assert not [event for event in client.events if event.name == "gap"]
    sequences = [int(event.id.rpartition("-")[2]) for event in client.movies]
    assert sequences == list(range(sequences[0], sequences[0] + len(sequences)))
    assert client.connections >= 2
    assert (code, run.left_over()) == (0, [])
    log.info("%d films, each once, in order, over %d connections", len(ids), client.connections)
    log.info("killed scraper, etl, stream-api and nats; ended in %.1f s", seconds)
