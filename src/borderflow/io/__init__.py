"""Files at the edge: case folders, tables, YAML, claims; text becomes frozen objects here or an error with file and line."""
