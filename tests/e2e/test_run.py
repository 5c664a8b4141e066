"""The command of `make run`: films from the site to a client, the end of a run, its errors and restarts."""

import json
import os
import re
import signal
import socket
import subprocess
import urllib.request
from pathlib import Path

import pytest
from tests.e2e.clients import ResumingClient
from tests.e2e.conftest import Run, running, wait_until
from tests.paths import ROOT

from cinestream.commands.exit_codes import ExitCode

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]

CONTRACT = {
    "id": str,
    "title": str,
    "rating": float,
    "year": str,
    "release_date": str,
    "director": list,
    "genre": list,
    "plot": str,
    "writers": list,
    "stars": list,
    "decade_category": str,
    "genre_categories": list,
    "director_stats": dict,
    "sentiment_analysis": dict,
    "recommendations": list,
}


LEFT = ["lock", "logs", "nats"]


def left_files(data_dir: Path) -> list[str]:
    """Return the names in a data directory."""
    return sorted(path.name for path in data_dir.iterdir())


def demo_films(run: Run) -> list[dict[str, object]]:
    """Return the films that the demo site serves."""
    with urllib.request.urlopen(f"{run.demo_url}/__demo__/films.json", timeout=60) as answer:
        films = json.load(answer)
    return films if isinstance(films, list) else films["films"]


def fresh_pages(run: Run) -> int:
    """Return the number of requests that the scraper skipped, because the stored page is fresh."""
    with urllib.request.urlopen(f"http://127.0.0.1:{run.ops_port}/metrics", timeout=60) as answer:
        values = re.findall(r"^cinestream_scraper_fresh_total{.*} (\d+)", answer.read().decode(), re.MULTILINE)
    return sum(map(int, values))


def test_films_flow_from_the_browser_to_the_client(data_dir: Path) -> None:
    """Every seed arrives once with every field of the contract. Ctrl-C ends every process."""
    ids = ["tt0111161", "tt0068646", "tt0133093", "tt0110912"]
    with running(data_dir, targets=ids) as run:
        run.wait_for("first film after")
        client = ResumingClient(run.url)
        client.start()
        wait_until(
            lambda: len(client.movies) >= len(ids), timeout=60, what=lambda: f"{len(ids)} films: {client.movies}"
        )
        client.stop()
        films = {str(film["id"]): film for film in demo_films(run)}
        code, _ = run.stop()
        assert run.lines[-1].endswith(": ended")
    assert (code, run.left_over()) == (0, [])
    assert left_files(data_dir) == LEFT
    movies = [event.json for event in client.movies]
    assert sorted(movie["id"] for movie in movies) == sorted(ids)
    for movie in movies:
        assert {name: type(movie[name]) for name in CONTRACT} == CONTRACT
        assert movie["title"] == films[movie["id"]]["title"]
        assert movie["year"] == str(films[movie["id"]]["year"])
        assert movie["director_stats"]["total_movies"] >= 1


def test_a_second_run_resumes_and_reads_nothing_fresh_again(data_dir: Path) -> None:
    """Stored films are still there under the same ids, and the second run does not read their pages again."""
    seeds = {"CINESTREAM_SCRAPER_SEEDS": "tt0111161,tt0068646"}
    with running(data_dir, **seeds) as first:
        first.wait_for("first film after")
        client = ResumingClient(first.url)
        client.start()
        wait_until(lambda: len(client.movies) == 2, timeout=60, what=lambda: f"two films: {client.events}")
        client.stop()
        assert first.stop()[0] == 0
    with running(data_dir, **seeds) as second:
        second.wait_for("scraper: running")
        again = ResumingClient(second.url)
        again.start()
        wait_until(lambda: len(again.movies) == 2, timeout=60, what=lambda: f"two films: {again.events}")
        again.stop()
        wait_until(lambda: fresh_pages(second) == 2, timeout=60, what=lambda: "two requests whose pages are fresh")
        assert "read 2  films stored 2  " in second.wait_for("queued 0  ")
        with urllib.request.urlopen(f"{second.demo_url}/__demo__/requests.json", timeout=60) as answer:
            requests = answer.read().decode()
    assert [event.id for event in again.movies] == [event.id for event in client.movies]
    assert "tt0068646" not in requests


def test_a_taken_port_is_one_clear_error(data_dir: Path) -> None:
    """The error names the setting and is all that is shown, and neither a process nor a file of the run is left."""
    setting = "CINESTREAM_STREAM_PORT"
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        run = Run(data_dir, **{setting: str(taken.getsockname()[1])})
        run.start()
        assert run.exit_code() == ExitCode.FAILED
    (line,) = run.lines
    assert setting in line
    assert run.left_over() == []
    assert left_files(data_dir) == ["lock"]


def test_commands_speak_to_a_run_until_it_is_killed(data_dir: Path) -> None:
    """The targets of make find the run, whatever else is set. After kill -9 nothing is found, and nothing is left.

    No other run starts before the NATS server of the killed one has ended.
    """
    environment = os.environ | {"CINESTREAM_DATA_DIR": str(data_dir), "CINESTREAM_NATS_URL": "nats://127.0.0.1:1"}

    def make(*arguments: str) -> "subprocess.CompletedProcess[str]":
        command = ["make", "-s", *arguments]
        return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)

    def status_without_run() -> None:
        status = make("status")
        assert (status.returncode, status.stdout) == (2, "")
        assert "make run first" in status.stderr

    status_without_run()
    with running(data_dir, CINESTREAM_SCRAPER_SEEDS="tt0111161@7h") as run:
        run.wait_for("first film after")
        status = make("status")
        assert "schedule: tt0111161 every 7h" in status.stdout, status.stderr
        assert f"scraper: ready (http://127.0.0.1:{run.ops_port}/readyz)" in status.stdout
        enqueued = make("enqueue", "TARGETS='search:blade runner' https://www.imdb.com/find/?q=x&s=tt")
        assert enqueued.stdout == "search:blade runner: queued\nhttps://www.imdb.com/find/?q=x&s=tt: queued\n"
        assert make("remove", "IDS=tt0111161").stdout == "tt0111161 removed\n"
        _kill(run)
        status_without_run()
        assert (data_dir / "run.json").exists()


def _kill(run: Run) -> None:
    """Kill a run while its NATS server cannot end, start another one in vain, and wait until all has ended."""
    nats = run.pid("nats")
    assert run.process is not None
    assert nats is not None
    os.kill(nats, signal.SIGSTOP)
    run.process.kill()
    run.process.wait()
    second = Run(run.data_dir)
    second.start()
    assert second.exit_code() == ExitCode.ALREADY_RUNNING
    assert f"(pid {nats})" in second.lines[-1]
    os.kill(nats, signal.SIGCONT)
    wait_until(lambda: run.left_over() == [], timeout=60, what=lambda: f"end of {run.left_over()}")


@pytest.mark.parametrize("target", ["enqueue", "remove"])
def test_a_target_of_make_without_words_shows_its_form(target: str) -> None:
    """The error shows how the words are given to make, not to the command behind it."""
    done = subprocess.run(["make", "-s", target], cwd=ROOT, capture_output=True, text=True, check=False)
    assert f'make {target} {"TARGETS" if target == "enqueue" else "IDS"}="tt0111161' in done.stderr
