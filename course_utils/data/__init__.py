"""From sentences to tasks, from tasks to prompts, from prompts to batches of tokens."""
