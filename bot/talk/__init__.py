"""What people say, turned into what the core understands. Pure: the clock and the zone are arguments."""
