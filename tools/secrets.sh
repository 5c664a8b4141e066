#!/bin/sh
# Writes random NATS passwords into .env, which docker compose reads; keeps everything else that is in it.
set -eu
cd "$(dirname "$0")/.."
umask 077
# Each begins with a letter: nats-server reads a variable's value as configuration, and a number is no string.
touch .env
grep -v '^CINESTREAM_NATS_PASSWORD_' .env >.env.new || true
for user in TOPOLOGY SCRAPER ETL STREAM_API TRAKT_EXPORT TAKEDOWN; do
  printf 'CINESTREAM_NATS_PASSWORD_%s=p%s\n' "$user" "$(od -An -N24 -tx1 /dev/urandom | tr -d ' \n')" >>.env.new
done
mv .env.new .env
echo "wrote random passwords into .env; 'docker compose up -d' puts them into force"
