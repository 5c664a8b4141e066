"""How a service lives: `settings`, `logs`, `metrics`, `ops` endpoints, and `service`, the one lifecycle.

`connected` is for commands, which live shorter.
"""
