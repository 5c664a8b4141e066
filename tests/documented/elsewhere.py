"""Documented commands that this test does not run, each with the reason."""

_MINUTES = "takes minutes, and is a step of CI or a benchmark of its own"
_LIVE = "reads the live site"
_OBSERVED = "tools/observability-smoke.sh runs it where there is a Docker engine"
_TRAKT = "tools/trakt-smoke.sh runs it where there is a Docker engine"

ELSEWHERE = {
    "make test": "this test is a part of it",
    "make foreign": _MINUTES,
    "make bench-scraper": _MINUTES,
    "make bench-scraper FAULTS=1": _MINUTES,
    "make bench-stream": _MINUTES,
    "make bench-tone": _MINUTES,
    "make dist": "tests/cli builds the wheels",
    "uv tool install --find-links dist 'cinestream-cli[all]'": "tests/cli installs the wheels",
    "make run IMDB_URL=https://www.imdb.com": _LIVE,
    "IMDB_URL=https://www.imdb.com docker compose up": _LIVE,
    'nats --server "$(jq -r .nats_url .cinestream/run.json)" --user scraper '
    '--password "$(jq -r .passwords.scraper .cinestream/run.json)" '
    "--inbox-prefix _INBOX_scraper request cinestream.ask.scraper.scrape tt0111161": "needs the NATS command line; "
    "tests/scraper/service sends the same request",
    "nats micro ls": "needs the NATS command line",
    "docker compose -f docker-compose.yml -f deploy/compose.observability.yml up": _OBSERVED,
    "docker compose --profile trakt run --rm trakt-export login": _TRAKT,
    "docker compose --profile trakt up -d trakt-export": _TRAKT,
    "docker compose --profile trakt cp trakt-export:/data/letterboxd .": _TRAKT,
}
