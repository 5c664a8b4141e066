"""Pages a second of the scraper and of what people use instead, on one site: `works` (how each reads), `__main__`."""
