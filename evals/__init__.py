"""Cases with known facts, run against the chain, scored and reported."""
