"""The evidence for a question: searched, ranked, chosen."""
