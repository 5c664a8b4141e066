"""Rules that protect a site: robots.txt, rate, backoff and allowed hosts."""
