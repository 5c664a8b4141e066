"""Where the contracts travel: NATS JetStream.

`topology` says as data which streams, consumers and buckets there are; `declare` (the command
`cinestream-topology`) makes them so; `jetstream` is the only package that talks to NATS; `consume` is the loop
that turns deliveries into calls of a handler, and its verdicts into ack, nak and dead letters; `dead_letters`
(`dead_letters_app` on the command line) reads, retries and removes those.
"""
