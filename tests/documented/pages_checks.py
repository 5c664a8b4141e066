"""The documented commands that read pages, store them and remove films."""

import gzip
import json
import shutil
from pathlib import Path
from typing import Any

from tests.documented.check import Check, Checks, prints
from tests.documented.pipeline import Pipeline
from tests.etl.data_sets import write_data_sets

_LETTER = Path(__file__).with_name("letter_program.py")


def store_letters(pipeline: Pipeline) -> None:
    """Store two dead letters of the scraper. Their numbers are the values `letter` and `other letter`."""
    for name in ("letter", "other letter"):
        pipeline.values[name] = pipeline.run(f"{pipeline.scraper_python} < '{_LETTER}'").split()[-1]


def _list_letters(pipeline: Pipeline, text: str) -> None:
    store_letters(pipeline)
    assert f"{pipeline.values['letter']} " in pipeline.run(text)


def _letter_is_gone(name: str, word: str) -> Check:
    def check(pipeline: Pipeline, text: str) -> None:
        number = pipeline.values[name]
        assert word in pipeline.run(text, values={"12": number})
        show = pipeline.run(f"{pipeline.scraper} dead-letters show {number}", code=1)
        assert f"there is no letter {number}" in show

    return check


def _snapshot(pipeline: Pipeline, text: str) -> None:
    pipeline.run(text, values={"12": pipeline.values["letter"]})
    assert "not the page of a film" in (pipeline.folder / "snapshot/page.html").read_text()


LETTERS: Checks = {
    ".venv/bin/cinestream-scraper dead-letters list": _list_letters,
    ".venv/bin/cinestream-scraper dead-letters show 12": prints("not the page of a film", values={"12": "letter"}),
    ".venv/bin/cinestream-scraper dead-letters snapshot 12 --out snapshot/": _snapshot,
    ".venv/bin/cinestream-scraper dead-letters retry 12": _letter_is_gone("letter", "retried"),
    ".venv/bin/cinestream-scraper dead-letters purge 12": _letter_is_gone("other letter", "removed"),
    ".venv/bin/cinestream-etl dead-letters list": prints(),
}
"""Commands for dead letters."""


def _scrape(pipeline: Pipeline, text: str) -> None:
    assert "film: " in pipeline.run(text)
    assert "The Shawshank Redemption" in (pipeline.folder / "page.html").read_text()


def _export(pipeline: Pipeline, text: str) -> None:
    assert "pages.warc.gz: " in pipeline.run(text)
    assert (pipeline.folder / "pages.warc.gz").stat().st_size > 10_000


def saved_pages(pipeline: Pipeline) -> None:
    """Write what a reader would import: an archive, and a folder with a page."""
    (pipeline.folder / "saved-pages").mkdir(exist_ok=True)
    shutil.copy(pipeline.folder / "page.html", pipeline.folder / "saved-pages")
    shutil.copy(pipeline.folder / "pages.warc.gz", pipeline.folder / "crawl.warc.gz")


def _import(pipeline: Pipeline, text: str) -> None:
    saved_pages(pipeline)
    assert "page.html" not in pipeline.run(text)  # it names only files that it cannot read


def _reprocess(pipeline: Pipeline, text: str) -> None:
    results = json.loads(pipeline.run(text).splitlines()[-1])
    assert sum(results.values()) >= 2, results


def data_sets(pipeline: Pipeline) -> None:
    """Write the four data sets under IMDb's names. The director of tt0111161 has another film in them."""
    director = _statistics(pipeline)["id"]
    files, _ = write_data_sets(pipeline.folder, titles=0, people=0)
    for path, line in {
        files.basics: "tt9000001\tmovie\tAnother Film\tAnother Film\t0\t1994\t\\N\t\\N\tDrama",
        files.crew: f"tt9000001\t{director}\t\\N",
        files.ratings: "tt9000001\t4.0\t900",
        files.names: f"{director}\tFrank Darabont\t\\N\t\\N\tdirector\t\\N",
    }.items():
        with gzip.open(path, "at", encoding="utf-8") as file:
            file.write(f"{line}\n")
    files.names.rename(pipeline.folder / "name.basics.tsv.gz")


def load_directors(pipeline: Pipeline, text: str) -> None:
    """Load the data sets, and wait until the director of tt0111161 has the other film."""
    data_sets(pipeline)
    before = _statistics(pipeline)["total_movies"]
    assert json.loads(pipeline.run(text).splitlines()[-1])["directors"] == 1
    pipeline.wait_for(lambda: _statistics(pipeline)["total_movies"] == before + 1, "a film more of the director")


def _statistics(pipeline: Pipeline) -> dict[str, Any]:
    """Return the statistics of the director of tt0111161."""
    (statistics,) = pipeline.get("/api/movies/tt0111161")["directors_stats"]
    return dict(statistics)


def _elsewhere(pipeline: Pipeline, text: str) -> None:
    status = f"{text} && cd / && '{pipeline.folder}/.venv/bin/cinestream-scraper' status"
    assert "pages: " in pipeline.run(status)


PAGES: Checks = {
    "make status": prints("pages: ", "scraper: ready"),
    ". .cinestream/env": _elsewhere,
    ".venv/bin/cinestream-scraper scrape tt0111161 --out page.html": _scrape,
    ".venv/bin/cinestream-scraper verdict page.html --url https://www.imdb.com/title/tt0111161/": prints("film"),
    ".venv/bin/cinestream-etl parse page.html": prints('"The Shawshank Redemption"'),
    ".venv/bin/cinestream-scraper export pages.warc.gz": _export,
    ".venv/bin/cinestream-scraper import crawl.warc.gz saved-pages/": _import,
    ".venv/bin/cinestream-etl reprocess --since 2026-01-01": _reprocess,
    ".venv/bin/cinestream-etl load-directors title.basics.tsv.gz title.crew.tsv.gz title.ratings.tsv.gz "
    "name.basics.tsv.gz": load_directors,
}
"""Commands for pages and directors."""


def _enqueue(*targets: str) -> Check:
    def check(pipeline: Pipeline, text: str) -> None:
        found = pipeline.run(text)
        assert all(f"{target}: " in found for target in targets), found
        assert "refused" not in found

    return check


def _remove(pipeline: Pipeline, text: str) -> None:
    with pipeline.started(f"curl -sN '{pipeline.stream_url}/api/movies/stream'") as output:
        pipeline.wait_for(lambda: "event: position" in output.read_text(), "a stream")
        assert "tt0111161 removed" in pipeline.run(text)
        pipeline.wait_for(lambda: "event: removed" in output.read_text(), "event: removed")
    assert "410" in pipeline.run(f"curl -s {pipeline.stream_url}/api/movies/tt0111161")


LAST: Checks = {
    'make enqueue TARGETS="chart:top"': _enqueue("chart:top"),
    'make remove IDS="tt0111161"': _remove,
    'make enqueue TARGETS="tt0111161 chart:top"': _enqueue("tt0111161", "chart:top"),
    '.venv/bin/cinestream-scraper enqueue tt0111161 chart:top list:ls055592025 "search:godfather"': _enqueue(
        "tt0111161", "chart:top", "list:ls055592025", "search:godfather"
    ),
}
"""Commands that end what the others need."""
