"""`python -m cinestream.runtime.healthcheck [PORT] [PATH]`: exit 0 when the service answers 200.

For containers without curl; the standard library alone, because it runs every few seconds.
"""

import http.client
import os
import sys


def main() -> int:
    """Ask /livez on loopback."""
    port = int(sys.argv[1] if len(sys.argv) > 1 else os.environ.get("CINESTREAM_OPS_PORT", "9100"))
    path = sys.argv[2] if len(sys.argv) > 2 else "/livez"
    try:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=3)
        connection.request("GET", path)
        return 0 if connection.getresponse().status == 200 else 1
    except OSError:
        return 1


if __name__ == "__main__":
    sys.exit(main())
