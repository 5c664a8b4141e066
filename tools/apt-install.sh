#!/bin/sh
# apt-install.sh PACKAGE...: install Debian packages. Exit with 1 if this user may not.
set -eu
command -v apt-get >/dev/null || exit 1
if [ "$(id -u)" = 0 ]; then as_root=""
elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then as_root="sudo -n"
else exit 1; fi
export DEBIAN_FRONTEND=noninteractive
install() { $as_root apt-get install -y -qq --no-install-recommends "$@" >/dev/null 2>&1; }
# The package lists are empty in a fresh image. On an old machine they name versions that no longer exist.
install "$@" || { $as_root apt-get update -qq >&2 && install "$@"; }
