"""The endpoints: `stream` (what the service is for), `movies` (one film), `films`, `directors`, `site` (the page)."""
