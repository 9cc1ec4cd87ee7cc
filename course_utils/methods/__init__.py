"""What is trained instead of all weights: LoRA adapters and soft prompts, and their files."""
