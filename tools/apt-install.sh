#!/bin/sh
# apt-install.sh PACKAGE...: installs Debian packages when this user can; exit 1 when not.
set -eu
command -v apt-get >/dev/null || exit 1
if [ "$(id -u)" = 0 ]; then as_root=""
elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then as_root="sudo -n"
else exit 1; fi
export DEBIAN_FRONTEND=noninteractive
install() { $as_root apt-get install -y -qq --no-install-recommends "$@" >/dev/null 2>&1; }
# The package lists of a fresh image are empty, and those of an old machine name versions that are gone.
install "$@" || { $as_root apt-get update -qq >&2 && install "$@"; }
