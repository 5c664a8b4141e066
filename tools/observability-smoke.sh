#!/usr/bin/env bash
# Brings the services up with Prometheus beside them, and sees that it scrapes all of them under all rules.
# Grafana is started too where its image can be had (GRAFANA=1).
set -euo pipefail
cd "$(dirname "$0")/.."
export COMPOSE_PROJECT_NAME=cinestream-observed
compose() { docker compose -f docker-compose.yml -f deploy/compose.observability.yml "$@"; }
url=http://127.0.0.1:${PROMETHEUS_PORT:-9090}

finish() {
  code=$?
  if [ "$code" != 0 ]; then compose ps -a; compose logs --tail 40 prometheus; fi
  compose down --volumes --timeout 10 >/dev/null 2>&1
  exit "$code"
}
trap finish EXIT

compose build --quiet
compose up --detach --quiet-pull scraper etl stream-api prometheus ${GRAFANA:+grafana}

up() {
  curl --silent --fail "$url/api/v1/query?query=up" |
    python3 -c 'import json, sys; print(*sorted(r["metric"]["job"] for r in json.load(sys.stdin)["data"]["result"] if r["value"][1] == "1"))'
}
for _ in $(seq 90); do
  [ "$(up 2>/dev/null)" = "etl scraper stream-api" ] && break
  sleep 1
done
[ "$(up)" = "etl scraper stream-api" ] || { echo "observability: not all targets are up: $(up)" >&2; exit 1; }
echo "observability: every service is scraped: $(up)"

wanted=$(cat deploy/prometheus/*.rules.yml | grep -c -- '- alert:')
loaded=$(curl --silent --fail "$url/api/v1/rules" | grep -o '"type":"alerting"' | wc -l)
[ "$wanted" = "$loaded" ] || { echo "observability: $loaded of $wanted rules are loaded" >&2; exit 1; }
echo "observability: all $loaded alert rules are loaded"
if compose exec -T prometheus wget -q -T 3 -O /dev/null http://nats:4222 2>/dev/null; then
  echo "observability: Prometheus can reach NATS" >&2
  exit 1
fi
if [ -n "${GRAFANA:-}" ]; then
  for _ in $(seq 60); do
    curl --silent "http://127.0.0.1:${GRAFANA_PORT:-3001}/api/search?query=CineStream" | grep -q dash-db && break
    sleep 1
  done
  curl --silent --fail "http://127.0.0.1:${GRAFANA_PORT:-3001}/api/search?query=CineStream" | grep -q dash-db
  echo "observability: Grafana shows the dashboard"
fi
