"""stream-api: movies in, Server-Sent Events out.

Read in the way of the data: `position` (the ids), `frames` (the bytes of the wire), `filters`, `event` (a message,
encoded once), `ring` (the newest events, one for all clients); `history` (what JetStream holds, page by page) and
`tail` (keeps the ring equal to the end of the stream); `waker`, `places`, `lag` and `hub` (who listens, how many
may, when they are woken, and how late that is); `resume` and `opening` (where a client starts), `subscriber` (a
client's cursor), `outlet` (the server below ASGI), `connection` (its bytes, driven by the hub), `response` (the
life of a stream); `directors`, `totals`, `catalogue` and `scan` (which films there are now); `removal` (how one is
taken down); `routes`, `parameters`, `tokens`, `problems`, `openapi`, `asyncapi` and `app` (HTTP), `service`,
`workers` and `worker` (several processes) and `__main__` (settings in, process out). `position`, `frames`,
`filters`, `event`, `ring`, `resume`, `places`, `directors`, `totals` and `catalogue` are pure.
"""
