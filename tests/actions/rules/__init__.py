"""The rules of the sales method."""
