"""Films, series and ratings of a viewer: parsers for Trakt's items, filters, and a store on disk."""
