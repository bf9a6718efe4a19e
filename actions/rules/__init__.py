"""What is true? Pure functions: no clock, no database, no text for people."""
