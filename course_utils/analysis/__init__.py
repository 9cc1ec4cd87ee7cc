"""What training did: to weights (lesson 3) and to soft prompts (lesson 4)."""
