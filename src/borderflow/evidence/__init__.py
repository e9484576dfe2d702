"""Claims: one statement of a source about one quantity. Knows nothing of simulation."""
