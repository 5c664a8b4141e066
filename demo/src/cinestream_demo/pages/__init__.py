"""Pages and their data documents, built from a film."""
