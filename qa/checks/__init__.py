"""What of an answer's sentence can be checked by itself, each in a file: dates, numbers, names, "not", roles, words."""
