"""What the two Python programs share: the simulator's doors, waiting, counting."""
