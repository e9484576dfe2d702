"""Pure array functions: random numbers, hazards, choice, queues. Knows no names, files or clocks."""
