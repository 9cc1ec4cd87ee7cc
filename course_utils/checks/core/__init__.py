"""What all checks share: calling an answer, comparing it, telling the outcome."""
