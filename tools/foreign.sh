#!/bin/sh
# foreign.sh [PROGRAM...]: install Debian's packages of these clients and proxies of tests/foreign, or of all of them.
# The tests of a program that cannot be installed are skipped.
set -eu
cd "$(dirname "$0")/.."
PATH="$PATH:/usr/sbin"
missing=""
for program in ${*:-curl wget nginx haproxy node npm}; do
  command -v "$program" >/dev/null && continue
  case $program in
    node) missing="$missing nodejs" ;;
    nc) missing="$missing netcat-openbsd" ;;
    nginx) missing="$missing nginx-light" ;;
    *) missing="$missing $program" ;;
  esac
done
[ -z "$missing" ] || tools/apt-install.sh $missing || echo "not installed, so not tested:$missing" >&2
