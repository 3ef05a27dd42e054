"""Trains what is pinned in `qa/`: from the dossiers, through the product's own search. Answering needs none of it."""
