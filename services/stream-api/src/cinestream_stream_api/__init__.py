"""Serve movies as Server-Sent Events that a client can resume.

A film goes up through the sub-packages: `log` receives it, `stream` sends it to each client, and `http` accepts the
clients.
"""
