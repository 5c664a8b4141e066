"""`python -m cinestream.runtime.healthcheck [PORT] [PATH]`, which exits with 0 if the service answers 200.

It is the health check of containers that have no curl. It imports the standard library only, because it runs every few
seconds.
"""

import http.client
import os
import sys


def main() -> int:
    """Send a request to the service on the loopback interface, and return the exit code."""
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
