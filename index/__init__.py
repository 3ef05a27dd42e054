"""Documents in: load, date, cut, embed and keep them. `pipeline.open_library` is the way in."""
