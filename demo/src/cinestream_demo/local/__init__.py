"""The command `cinestream-run`, which `make run` starts: every part of CineStream as a process on this machine."""
