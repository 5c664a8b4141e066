"""The command of `make run`: films from the site to a client, the end of a run, its errors and restarts."""

import json
import os
import socket
import subprocess
import urllib.request
from pathlib import Path

import pytest
from tests.e2e.clients import ResumingClient
from tests.e2e.conftest import Run, running, wait_until
from tests.paths import ROOT, SCRIPTS

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


def demo_films(run: Run) -> list[dict[str, object]]:
    """Return the films that the demo site serves."""
    with urllib.request.urlopen(f"{run.demo_url}/__demo__/films.json", timeout=60) as answer:
        films = json.load(answer)
    return films if isinstance(films, list) else films["films"]


def test_films_flow_from_the_browser_to_the_client(data_dir: Path) -> None:
    """Every seed arrives once with every field of the contract. Ctrl-C ends every process."""
    ids = ["tt0111161", "tt0068646", "tt0133093", "tt0110912"]
    with running(data_dir, CINESTREAM_SCRAPER_SEEDS=",".join(ids)) as run:
        run.wait_for("first film after")
        client = ResumingClient(run.url)
        client.start()
        wait_until(
            lambda: len(client.movies) >= len(ids), timeout=60, what=lambda: f"{len(ids)} films: {client.movies}"
        )
        client.stop()
        films = {str(film["id"]): film for film in demo_films(run)}
        code, _ = run.stop()
    assert (code, run.left_over()) == (0, [])
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
        second.wait_for(r"requested 2 ")
        with urllib.request.urlopen(f"{second.demo_url}/__demo__/requests.json", timeout=60) as answer:
            requests = answer.read().decode()
    assert [event.id for event in again.movies] == [event.id for event in client.movies]
    assert "tt0068646" not in requests


@pytest.mark.parametrize("setting", ["CINESTREAM_STREAM_PORT", "CINESTREAM_DEMO_PORT", "CINESTREAM_OPS_PORT"])
def test_a_taken_port_is_one_clear_error(data_dir: Path, setting: str) -> None:
    """The error names the setting and has no traceback, and no process is left."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        run = Run(data_dir, **{setting: str(taken.getsockname()[1])})
        run.start()
        assert run.process is not None
        assert run.process.wait(timeout=90) == 1
    wait_until(lambda: bool(run.lines), timeout=60, what=lambda: "output")
    assert any(setting in line for line in run.lines)
    assert not any("Traceback" in line for line in run.lines)
    assert run.left_over() == []


def test_an_unwritable_data_directory_is_one_clear_error(tmp_path: Path) -> None:
    """The error names the setting. Here the parent of the directory is a file."""
    (tmp_path / "file").write_text("")
    done = subprocess.run(
        [SCRIPTS / "cinestream-run"],
        cwd=ROOT,
        env=os.environ | {"CINESTREAM_DATA_DIR": str(tmp_path / "file" / "data")},
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )
    assert done.returncode == 1
    assert "CINESTREAM_DATA_DIR" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_run_that_is_killed_leaves_nothing_behind(data_dir: Path) -> None:
    """After kill -9 of the supervisor every service and browser ends."""
    with running(data_dir, CINESTREAM_SCRAPER_SEEDS="tt0111161") as run:
        run.wait_for("first film after")
        assert run.process is not None
        run.process.kill()
        run.process.wait()
        wait_until(lambda: run.left_over() == [], timeout=60, what=lambda: f"end of {run.left_over()}")


def test_commands_speak_to_the_running_pipeline(data_dir: Path) -> None:
    """`make status` shows the progress. Before the first run it says that `make run` comes first."""
    environment = os.environ | {"CINESTREAM_DATA_DIR": str(data_dir)}

    def status() -> "subprocess.CompletedProcess[str]":
        command = ["make", "-s", "status"]
        return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)

    before = status()
    assert (before.returncode, before.stdout) == (2, "")
    assert "make run first" in before.stderr
    with running(data_dir, CINESTREAM_SCRAPER_SEEDS="tt0111161") as run:
        run.wait_for("first film after")
        after = status()
        run.stop()
        assert run.lines[-1].endswith(": ended")
    assert after.returncode == 0, after.stderr
    assert "pages" in after.stdout
