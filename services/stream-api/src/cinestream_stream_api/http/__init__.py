"""The HTTP application: routes, parameters, problems, documentation and the web page."""
