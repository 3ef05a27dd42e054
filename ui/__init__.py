"""The pages of the app, one file a page, and what they share."""
