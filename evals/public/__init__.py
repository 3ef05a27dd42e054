"""Adapters of public data sets: read where they lie, never copied here."""
