"""borderflow: from reports about people fleeing to a calibrated simulation and an honest forecast."""

__version__ = "0.1.0"
