"""What Manny does about a message."""
