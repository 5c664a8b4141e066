#!/bin/sh
# Find a browser for the scraper, or install Debian's headless Chromium, or print what to install.
set -eu
cd "$(dirname "$0")/.."
[ -n "${CINESTREAM_SELENIUM_URL:-}" ] && exit 0
code=0
reason=$(.venv/bin/cinestream-scraper browser 2>&1 >/dev/null) || code=$?
# 5: there is no browser. Any other code has another reason, for example a wrong setting.
[ "$code" = 5 ] || { [ "$code" = 0 ] || printf '%s\n' "$reason" >&2; exit "$code"; }
echo "no browser found: installing Debian's chromium-headless-shell and chromium-driver, about 20 s" >&2
tools/apt-install.sh chromium-headless-shell chromium-driver || true
.venv/bin/cinestream-scraper browser >/dev/null
