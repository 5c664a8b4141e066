"""Where pages keep their facts, one file each; all pure.

`scripts` finds the data in the HTML, `document` reads JSON whose shape nobody promises. `next_data` is the data of
modern pages (2021 to today), `ld_json` the schema.org block for search engines, in modern pages and those of 2018 on.
Older pages have their facts in the elements that people see: `tree` reads them, `localised` understands their numbers
and dates, `title_2015`, `title_2011` and `title_2010` know where each is, and `storyline` what the first two share.
"""
