#!/usr/bin/env bash
# Brings the compose stack up, waits for films on its port, checks what compose alone promises, runs the documented
# commands on it, takes it down.
set -euo pipefail
cd "$(dirname "$0")/.."
export COMPOSE_PROJECT_NAME=cinestream-smoke
port=${CINESTREAM_STREAM_PORT:-3000}

finish() {
  code=$?
  if [ "$code" != 0 ]; then docker compose ps -a; docker compose logs --tail 40; fi
  docker compose down --volumes --timeout 10 >/dev/null 2>&1
  exit "$code"
}
trap finish EXIT

docker compose build --quiet
started=$(date +%s)
docker compose up --detach --quiet-pull

# The last five films, as a client sees them.
films() { curl --silent --no-buffer --max-time 1 "http://127.0.0.1:$port/api/movies/stream?replay=5" | grep -c '^data: {"id":"tt.*"director_stats":{'; }
for _ in $(seq 120); do
  [ "$(films)" -ge 5 ] && break
  sleep 0.5
done
[ "$(films)" -ge 5 ] || { echo "compose: no five films came" >&2; exit 1; }
echo "compose: five films after $(($(date +%s) - started)) s"

for part in scraper:9101 etl:9102 stream-api:9103; do
  curl --silent --fail --output /dev/null "http://127.0.0.1:${part#*:}/readyz" || { echo "compose: ${part%:*} is not ready" >&2; exit 1; }
done
curl --silent --fail --output /dev/null "http://127.0.0.1:$port/readyz"

if docker compose exec -T chrome curl --silent --max-time 3 telnet://nats:4222 </dev/null >/dev/null 2>&1; then
  echo "compose: the browser can reach NATS" >&2
  exit 1
fi
for service in nats scraper etl stream-api demo; do
  [ "$(docker compose exec -T "$service" id -u)" != 0 ] || { echo "compose: $service runs as root" >&2; exit 1; }
  if docker compose exec -T "$service" touch /written 2>/dev/null; then
    echo "compose: $service can write to its root file system" >&2
    exit 1
  fi
done
[ "$(docker compose ps --all --format '{{.Service}} {{.ExitCode}}' | awk '$1 == "topology" {print $2}')" = 0 ]
for _ in $(seq 60); do
  unhealthy=$(docker compose ps --format '{{.Service}} {{.Health}}' | awk '$2 != "healthy"')
  [ -z "$unhealthy" ] && break
  sleep 1
done
[ -z "$unhealthy" ] || { echo "compose: not healthy: $unhealthy" >&2; exit 1; }
echo "compose: everything is healthy, runs as a plain user on a read-only root, and the browser cannot reach NATS"

[ -x .venv/bin/pytest ] || { echo "compose: the documented commands need .venv: make setup" >&2; exit 1; }
COMPOSE_SMOKE=1 CINESTREAM_STREAM_PORT=$port .venv/bin/pytest -q tests/documented/test_compose.py
echo "compose: the documented commands work"
