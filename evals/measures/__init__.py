"""What is measured of one answer."""
