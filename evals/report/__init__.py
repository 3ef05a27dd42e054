"""The results of a run: kept, summed up, compared and shown."""
