"""Raw pages in, clean and enriched movies out.

Read in the way of the data: `pipeline` names the stages; `parse` takes a page apart with the `layouts` that it
finds in it into a `title.ParsedTitle`; `validate` cleans and checks it; `enrich` adds what follows from it
(`genre_themes`, `tone` with the words and numbers of `tones`), from `directors`, what their films contributed, and
from the `catalogue`, where a page recommends nothing. All of that is pure. `worker` is the shell: it reads what the
stream already holds (`versions`, `records`, `follow`), calls the stages, and stores the movie;
`settings`, `metrics` and `drift` (has the site changed?) are its knobs and dials, `__main__` puts it together.
`reprocess` sends stored pages through it again, `tone_lines` hears plots from elsewhere, and `load_directors` fills the
directors' records from data sets (`data_sets`, `director_tables`).
"""
