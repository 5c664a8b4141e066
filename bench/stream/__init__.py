"""The stream's benchmark: our server and its peers, one after another, with the same events and the same client.

`events` (what is sent), `load` (the client, a process of its own), `servers` (what is measured), `ours` and `others`
(how each is started; the programs of the peers are in `peers`), `fanout` and `past` (the works), `targets` (what is to
be reached), `__main__` (all of it). Ratios of one run count, not absolute figures.
"""
