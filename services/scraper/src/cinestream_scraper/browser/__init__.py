"""Browser sessions: find and start a browser, visit a page, collect evidence, clean up."""
