#!/bin/sh
# with-targets.sh COMMAND …: run a command with the words of the variable TARGETS as further arguments.
# Make passes on a variable as one text. Quotes keep a search of several words together: TARGETS="'search:the matrix'".
# No other character is special, so that an address with & or ? can be pasted.
set -eu
targets=$(printf '%s' "${TARGETS:-}" | xargs -n1 printf '%s\n') ||
  { echo "TARGETS has a quote without its partner: write \"search:ocean's eleven\" in double quotes" >&2; exit 2; }
set -f
IFS='
'
exec "$@" $targets
