"""Forecasts: horizon, policies compared, baselines, scores. Knows nothing of pages and files."""
