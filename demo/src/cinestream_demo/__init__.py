"""An IMDb-shaped site with real films, so that the whole of CineStream runs and is tested without the live site.

Read `site` first (which path is answered by what), then the way of a page: `asking` (what a path asks for), `faults`
and `refusals` (what goes wrong on request), `reserved` (ids that always show something special), `film`, `catalogue`
and `wikidata` (what is known, and from where), `living` (the film that never rests), `nodes`, `document`, `next_data`
and `structured` (the page's data, in IMDb's shape), `title_page`, `chart_page`, `search_page`, `other_pages` and
`pages` (the HTML), `locales` (languages), `assets` and `truth` (what is not a page), `pauses`, `serve`, `__main__`.
"""
