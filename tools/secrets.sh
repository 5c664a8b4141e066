#!/bin/sh
# Write random NATS passwords into .env, which docker compose reads. All other lines of the file stay.
set -eu
cd "$(dirname "$0")/.."
umask 077
touch .env
grep -v '^CINESTREAM_NATS_PASSWORD_' .env >.env.new || true
for user in TOPOLOGY SCRAPER ETL STREAM_API TRAKT_EXPORT TAKEDOWN; do
  printf 'CINESTREAM_NATS_PASSWORD_%s=%s\n' "$user" "$(od -An -N24 -tx1 /dev/urandom | tr -d ' \n')" >>.env.new
done
mv .env.new .env
echo "wrote random passwords into .env; run 'docker compose up -d' to use them"
