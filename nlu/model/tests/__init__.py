"""Tests of the components, run in the model's own environment."""
