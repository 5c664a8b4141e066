"""The programs that the scraper is compared with."""
