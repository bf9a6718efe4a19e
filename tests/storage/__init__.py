"""What Manny remembers, on SQLite and on PostgreSQL."""
