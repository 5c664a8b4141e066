"""Pure stages: parse a page, validate it, enrich it."""
