"""The language model: opened, prompted, and its reply read as it comes."""
