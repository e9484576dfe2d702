"""From a described world to arrays, through the step, to a labelled result."""
