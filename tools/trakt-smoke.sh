#!/usr/bin/env bash
# Runs the exporter's container as a service against a Trakt of the tests: logs in, waits for the files, checks what
# compose alone promises, takes it down.
set -euo pipefail
cd "$(dirname "$0")/.."
export COMPOSE_PROJECT_NAME=cinestream-trakt-smoke COMPOSE_PROFILES=trakt
export CINESTREAM_TRAKT_API__URL=http://trakt:8000 CINESTREAM_TRAKT_API__AUTH_URL=http://trakt:8000
export CINESTREAM_TRAKT_API__CLIENT_ID=key TRAKT_EXPORT=history TRAKT_EVERY=2s
fake=$COMPOSE_PROJECT_NAME-fake

finish() {
  code=$?
  if [ "$code" != 0 ]; then docker compose ps -a; docker compose logs --tail 40; docker logs --tail 20 "$fake"; fi
  docker rm --force "$fake" >/dev/null 2>&1
  docker compose down --volumes --timeout 10 >/dev/null 2>&1
  exit "$code"
}
trap finish EXIT

docker compose build --quiet trakt-export
docker compose up --detach --no-deps --no-start trakt-export
docker run --detach --name "$fake" --network "${COMPOSE_PROJECT_NAME}_trakt" --network-alias trakt \
  --volume "$PWD/tests/trakt_export/server.py:/server.py:ro" python:3.13-slim-trixie python3 -c '
import sys, time
sys.path.insert(0, "/")
from server import FakeTrakt, movie, play, serving
account = FakeTrakt(device=[200], interval=1, etags="whole")
account.lists["/sync/history/movies"] = [play(n, movie(n), "2026-01-01T12:00:00.000Z") for n in range(600, 0, -1)]
with serving(account, "0.0.0.0", 8000):
    while True:
        time.sleep(60)
' >/dev/null

docker compose run --rm --no-deps -T trakt-export login
docker compose up --detach --no-deps trakt-export
inside() { docker compose exec -T trakt-export "$@"; }
for _ in $(seq 120); do
  inside test -e /data/letterboxd/history-001.csv 2>/dev/null && break
  sleep 0.5
done
inside cinestream-trakt verify /data/letterboxd
[ "$(inside sh -c 'wc -l </data/letterboxd/history-001.csv')" = 601 ]
for _ in $(seq 60); do
  curl --silent http://127.0.0.1:9104/metrics | grep -q '^cinestream_trakt_cache_total{result="confirmed"} [1-9]' && break
  sleep 0.5
done
curl --silent --fail http://127.0.0.1:9104/metrics | grep '^cinestream_trakt_cache_total'
curl --silent --fail --output /dev/null http://127.0.0.1:9104/readyz
[ "$(inside id -u)" = 10001 ]
if inside touch /written 2>/dev/null; then echo "trakt: the root file system can be written to" >&2; exit 1; fi
for _ in $(seq 60); do
  [ "$(docker compose ps --format '{{.Health}}' trakt-export)" = healthy ] && break
  sleep 1
done
[ "$(docker compose ps --format '{{.Health}}' trakt-export)" = healthy ]
docker compose stop trakt-export >/dev/null
[ "$(docker compose ps --all --format '{{.ExitCode}}' trakt-export)" = 0 ]
echo "trakt: 600 films exported by schedule, unchanged ones by ETag; healthy, a plain user, a read-only root, ended with 0"
