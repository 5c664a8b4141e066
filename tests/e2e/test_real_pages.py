"""Real saved pages, served on this machine, go through the whole pipeline as with `make run IMDB_URL=…`."""

import csv
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from tests.e2e.clients import ResumingClient
from tests.e2e.conftest import running, wait_until

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]

SERIES = {"tt1486217"}


def newest_modern_pages(samples: Path) -> dict[str, Path]:
    """Return the newest page of each title whose layout is a modern one."""
    pages: dict[str, Path] = {}
    with (samples / "imdb-pages" / "INDEX.tsv").open(encoding="utf-8") as index:
        rows = sorted(csv.DictReader(index, delimiter="\t"), key=lambda row: row["date"].lstrip("<="))
    for row in rows:
        if row["layout"] in ("next_title_2021_22", "next_title_2023plus"):
            pages[row["url_or_id"].partition("|")[0]] = samples / "imdb-pages" / row["file"]
    return pages


@pytest.fixture
def site(samples: Path) -> Iterator[tuple[str, set[str]]]:
    """Serve the real pages under their paths. Return the URL of the site, and the ids of its titles."""
    pages = newest_modern_pages(samples)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            page = pages.get(self.path.removeprefix("/title/").strip("/"))
            body = page.read_bytes() if page else b"not here"
            self.send_response(200 if page else 404)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", set(pages)
    server.shutdown()
    server.server_close()


def test_real_pages_become_movies(data_dir: Path, site: tuple[str, set[str]]) -> None:
    """Every real film reaches an SSE client with its facts. The series does not."""
    url, ids = site
    seeds = {"CINESTREAM_SCRAPER_SEEDS": ",".join(sorted(ids)), "CINESTREAM_SCRAPER_RATE": "0"}
    with running(data_dir, CINESTREAM_IMDB_URL=url, **seeds) as run:
        run.wait_for("scraper: running")
        client = ResumingClient(run.url)
        client.start()
        films = ids - SERIES
        wait_until(
            lambda: len(client.movies) >= len(films),
            timeout=150,
            what=lambda: f"{len(films)} films: {len(client.movies)}\n" + "\n".join(run.lines[-5:]),
        )
        client.stop()
    movies = {event.json["id"]: event.json for event in client.movies}
    assert set(movies) == films
    assert len(client.movies) == len(films)
    shawshank = movies["tt0111161"]
    assert (shawshank["title"], shawshank["rating"], shawshank["year"]) == ("The Shawshank Redemption", 9.3, "1994")
    assert (shawshank["director"], shawshank["writers"]) == (["Frank Darabont"], ["Stephen King", "Frank Darabont"])
    assert shawshank["release_date"] == "1994-09-23"
    # The two films of Lana Wachowski among the pages.
    assert movies["tt0133093"]["director"] == movies["tt0234215"]["director"]
    assert {movies[id]["director_stats"]["total_movies"] for id in ("tt0133093", "tt0234215")} == {1, 2}
