#!/bin/sh
# Install each distribution alone with its declared dependencies, import all its modules and start its command.
# An undeclared dependency fails here.
set -eu
cd "$(dirname "$0")/.."
uv="$PWD/.venv/bin/uv"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
import_all='
import importlib, pkgutil, sys
package = importlib.import_module(sys.argv[1])
for module in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
    if not module.name.startswith("cinestream_demo.local"):  # the extra [local]
        importlib.import_module(module.name)
'
isolated() { # distribution, package, command
  UV_PROJECT_ENVIRONMENT="$work/$1" "$uv" sync --frozen --no-dev --no-editable --quiet --package "$1"
  "$work/$1/bin/python" -c "$import_all" "$2"
  [ -z "${3:-}" ] || "$work/$1/bin/$3" --help >/dev/null
  echo "isolated: $1 starts"
}
isolated cinestream-flow cinestream_flow
isolated cinestream cinestream cinestream-topology
isolated cinestream-scraper cinestream_scraper cinestream-scraper
isolated cinestream-etl cinestream_etl cinestream-etl
isolated cinestream-stream-api cinestream_stream_api cinestream-stream-api
isolated cinestream-trakt-export cinestream_trakt_export cinestream-trakt
isolated cinestream-demo cinestream_demo cinestream-demo-site
isolated cinestream-cli cinestream_cli cinestream
# The local run needs no checkout: its configuration is in the package, and the commands that it starts are installed.
UV_PROJECT_ENVIRONMENT="$work/local" "$uv" sync --frozen --no-dev --no-editable --quiet --package cinestream-demo --extra local
(cd / && "$work/local/bin/python" -c '
import pathlib, sys
from cinestream_demo.local.plan import USERS, Installation, plan
from cinestream_demo.local.settings import LocalSettings
scripts = pathlib.Path(sys.executable).parent
for process in plan(LocalSettings(), Installation(scripts, dict.fromkeys(USERS, ""), 0)):
    assert all(pathlib.Path(path).is_file() for path in process.command if path.startswith("/")), process
')
echo "isolated: cinestream-run needs no checkout"
