"""A Trakt.tv library in, Letterboxd import files out.

Read in this order, which is the way of the data: `answers` (what an answer of Trakt means), `tokens` and `login` (who
is asking), `endpoints` and `transport` (one request), `caching` and `client` (with everything that can go wrong),
`request`, `window` and `plans` (what is wanted, and what must be read for it), `read` and `way` (an endpoint to its
end, page by page, into the checkpoint), `proof` (is that all?), `values` and `library` (what an item says), `scratch`
and `store` (the items in order, off the heap), `letterboxd`, `columns` and `rows` (which rows they become),
`importfile` (the files), `verify` with `verify_rules` (a second opinion on them), `archive` (Trakt's own export instead
of its API), `incremental` (what came of it the last time), `export` (all of it, the file to read first), `lists` (one
after the other), `__main__`, `exports`, `interrupted` and `commands` (what people type), `screen` (what they see),
`shows` (the same for series: `series`, `series_store`), `service` (exports by schedule), `health` (how it is).
"""
