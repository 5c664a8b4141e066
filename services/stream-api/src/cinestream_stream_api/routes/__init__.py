"""The endpoints: `stream` (what the service is for), `movies` (one film), `films` (all of them), `site` (the page)."""
