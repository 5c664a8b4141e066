#!/bin/sh
# Make .venv with Python's own venv, then install uv and everything in uv.lock, all checked by hash.
# Needs python3 >= 3.11 and the package registries. Installs Debian's python3-venv if it is missing.
set -eu
cd "$(dirname "$0")/.."
export UV_PYTHON_DOWNLOADS=never UV_PROJECT_ENVIRONMENT=.venv

say() { printf '%s\n' "$*" >&2; }
announced=
announce() {
  [ "$announced" ] || say "installing the locked dependencies into .venv, about 10 s"
  announced=1
}
# Python reads the paths of installed packages line by line, and PATH ends a folder at a colon.
case $PWD in
  *:* | *"
"*) say "the path of the project contains a colon or a line break, which Python cannot use: move it to another folder"; exit 1 ;;
esac
python=${PYTHON:-python3}
command -v "$python" >/dev/null || { say "CineStream needs Python 3.11 or newer: install python3 (or set PYTHON)"; exit 1; }
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
  { say "CineStream needs Python 3.11 or newer; $python is $("$python" -V 2>&1): set PYTHON to a newer one"; exit 1; }

make_venv() { "$python" -m venv .venv >/dev/null 2>&1; }
if ! .venv/bin/python -c '' 2>/dev/null || ! .venv/bin/python -m pip --version >/dev/null 2>&1; then
  announce
  rm -rf .venv
  if ! make_venv; then
    rm -rf .venv
    say "python3 has no venv: installing Debian's python3-venv"
    tools/apt-install.sh python3-venv || { say "install the package python3-venv, then run this again"; exit 1; }
    make_venv || { say "'$python -m venv .venv' fails: see its output"; "$python" -m venv .venv; exit 1; }
  fi
fi
if ! .venv/bin/uv --version 2>/dev/null | grep -q "^uv $(sed -n 's/^uv==\([0-9.]*\).*/\1/p' tools/uv.txt)"; then
  announce
  .venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r tools/uv.txt
fi
.venv/bin/uv sync --frozen --quiet --check 2>/dev/null || announce
.venv/bin/uv sync --frozen --quiet
