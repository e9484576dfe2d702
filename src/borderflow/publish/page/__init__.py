"""The page: what it is made of. Sections are functions from a `Page` to HTML; nothing here computes a result or reads a file."""
