"""The model weights: pinned by SHA-256, fetched once."""
