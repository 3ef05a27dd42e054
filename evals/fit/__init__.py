"""Fits of the numbers that decide, on data sets told beside them."""
