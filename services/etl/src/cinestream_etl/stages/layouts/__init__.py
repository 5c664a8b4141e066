"""Where pages keep their facts, one file each; all pure.

`scripts` finds the data in the HTML, `document` reads JSON whose shape nobody promises. `next_data` is the data of
modern pages (2021 to today), `ld_json` the schema.org block for search engines, in modern pages and those of 2018 on,
`data_testid` what modern pages show to people, and `head` what every page's head says of its kind and year.
Older pages have their facts in the elements that people see: `tree` reads them, `localised` understands their numbers
and dates, `codes` their names of countries; `title_2015`, `title_2011`, `reference` and `title_2010` know where each
is, and `storyline` what the first two share.
"""
