"""The stream's benchmark: our server and its peers, one after another, with the same events and the same client.

`events` (what is sent), `load` (the client, a process of its own), `servers` (ours and the peers, which are in
`peers`), `__main__` (the works, and the table that it prints). Ratios of one run count, not absolute figures.
"""
