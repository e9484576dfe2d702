"""What a run leaves behind: the contract's tables and the page. Computes no model; it lays out what it is given."""
