"""How a program survives others, and itself.

Read in this order: `rate` (ask no faster than allowed), `retry` (try again what may work later), `breaker` (stop
asking who is down), `pool` (do no more at once than there are hands), `batch` (many operations, each with its own
result), `cache` (do not ask again), `atomic` (a file is whole or not there), `checkpoint` (what was done stays done).
"""
