"""What several reports say on one thing: differently, or one after the other."""
