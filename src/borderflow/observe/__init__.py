"""The observation model: which observable a claim speaks of, and how likely its words are given that observable."""
