"""Cases with known facts: the sample reports’, planted ones, public sets, and where they are read from."""
