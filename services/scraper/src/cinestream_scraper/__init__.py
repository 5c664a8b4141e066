"""Scrape requests in, raw pages out: pages read by a real browser, politely, and none of them lost.

Read `pipeline` first: the way of a request, step by step. Then in its order: `targets` (where a page is, who may
answer), `host` (may it be asked now: `robots`, `pauses`, `rate`), `sessions` (the pool, on `threads`; `grid` is its
bound) → `session` (one browser: `installed`, `launch` with `chrome` and `firefox`, `guard` with `devtools`, `bidi`,
`leave` and `names`, `leftovers`, `memory`) → `visit` and `scripts` (one page in it), `answers` → `reading` (seen),
`identity` (what the page says it is), `verdict` (what became of it, and the table of actions), `discover` (what a page
leads to; `onward`: where a list goes on), `record` (what is published), `failures` with `evidence` and `snapshot` (what
is kept of a page that is given up). Around it: `refresh` with `seeds` (what is asked for at start and on schedule),
`asking` and `enqueueing` (who asks is told what becomes of it), `freshness` (what is not read again), `gate` (when
nothing is taken), `service` (the parts put together), `archives` with `unpacked` and `importing` (pages from elsewhere;
`transfer` shows it), `status`, `letters`, `settings`, `metrics`, `cli` and `single`.
"""
