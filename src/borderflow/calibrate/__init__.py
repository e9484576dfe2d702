"""Priors, likelihood, sampler, diagnostics."""
