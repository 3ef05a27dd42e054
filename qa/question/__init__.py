"""What is asked: a question made to stand alone, taken apart, and read."""
