"""The language that the CineStream services speak.

Read in this order: `contracts` (what is said: pure models and subjects), `bus` (where it is said: the topology,
and the one package that talks to NATS), `resilience` (how to survive others: rate, retry, breaker, checkpoint),
`streaming` (the chunked pipeline), `runtime` (how a service lives: settings, logs, metrics, ops endpoints, lifecycle).
"""
