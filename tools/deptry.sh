#!/bin/sh
# Check that each distribution imports what it declares, and declares what it imports.
set -eu
cd "$(dirname "$0")/.."
for member in shared/flow shared services/scraper services/etl services/stream-api services/trakt-export demo cli; do
  (cd "$member" && "$OLDPWD/.venv/bin/deptry" src 2>&1) || exit 1
done
