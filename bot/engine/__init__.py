"""What makes a digest arrive."""
