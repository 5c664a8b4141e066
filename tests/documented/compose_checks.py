"""The documented commands of docker compose. `tools/compose-smoke.sh` starts the stack and runs them."""

import json

from tests.documented.check import Checks, prints
from tests.documented.pages_checks import load_directors, saved_pages
from tests.documented.pipeline import Pipeline


def _is_up(pipeline: Pipeline, text: str) -> None:
    assert pipeline.get("/api/movies")["movies"], text


def _import(pipeline: Pipeline, text: str) -> None:
    export = text.partition("import")[0] + "export pages.warc.gz"
    pipeline.run(export)
    page = f"curl -s {pipeline.stream_url}/ > page.html"
    pipeline.run(page)
    saved_pages(pipeline)
    (pipeline.folder / "saved-pages/page.html").unlink()
    assert pipeline.run(text)


def _reprocess(pipeline: Pipeline, text: str) -> None:
    assert sum(json.loads(pipeline.run(text).splitlines()[-1]).values()) > 0


def _remove(pipeline: Pipeline, text: str) -> None:
    assert "tt0111161 " in pipeline.run(text)
    assert "410" in pipeline.run(f"curl -s {pipeline.stream_url}/api/movies/tt0111161")


COMPOSE: Checks = {
    "docker compose up": _is_up,
    "docker compose exec scraper cinestream-scraper status": prints("pages: ", "scraper: ready"),
    "docker compose exec scraper cinestream-scraper enqueue chart:top": prints("chart:top: "),
    "docker compose exec scraper cinestream-scraper dead-letters list": prints(),
    "docker compose exec etl cinestream-etl reprocess --since 2026-01-01": _reprocess,
    'docker compose run --rm --user "$(id -u)" --volume "$PWD:/data" --workdir /data scraper import crawl.warc.gz '
    "saved-pages/": _import,
    'docker compose run --rm --user "$(id -u)" --volume "$PWD:/data" --workdir /data etl load-directors '
    "title.basics.tsv.gz title.crew.tsv.gz title.ratings.tsv.gz name.basics.tsv.gz": load_directors,
    "docker compose run --rm takedown tt0111161": _remove,
}
