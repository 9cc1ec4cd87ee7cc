"""What was measured elsewhere and ships with the course, and its readers."""
