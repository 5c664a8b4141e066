#!/bin/sh
# Find a browser for the scraper, or install Debian's headless Chromium, or print what to install.
set -eu
cd "$(dirname "$0")/.."
[ -n "${CINESTREAM_SELENIUM_URL:-}" ] && exit 0
.venv/bin/cinestream-scraper browser >/dev/null 2>&1 && exit 0
echo "no browser found: installing Debian's chromium-headless-shell and chromium-driver, about 20 s" >&2
tools/apt-install.sh chromium-headless-shell chromium-driver || true
.venv/bin/cinestream-scraper browser >/dev/null
