"""The ways to an answer, and what becomes of sentences that are not borne out."""
