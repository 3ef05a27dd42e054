"""English read: words, names, numbers, titles. The only place, with `question` and `guard`, that knows the language."""
