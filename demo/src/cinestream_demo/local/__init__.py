"""The all-in-one local run behind `make run`: every part as its own process, on loopback.

Read in this order: `settings` (what can be changed), `plan` (pure: which processes, with which environment, in
which order), `child` (one process: started, ready, restarted, ended), `supervisor` (the plan carried out),
`progress` (what the terminal shows), `__main__` (the command `cinestream-run`).
"""
