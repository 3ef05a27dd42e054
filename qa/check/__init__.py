"""Whether a sentence is borne out by what it cites, and whether it answers what was asked."""
