"""What Manny remembers: models, repositories, the unit of work. No rule of the sales method, no text for people."""
