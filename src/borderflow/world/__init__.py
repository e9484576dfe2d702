"""The world as described: places, links, crossings, groups, shocks, policies; frozen, named, with units.

Knows nothing of files, arrays or random numbers.
"""
