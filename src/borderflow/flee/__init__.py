"""Instances of Flee: its files, its names, its quirks and its law, in this room only."""
