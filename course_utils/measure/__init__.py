"""From prompts to label scores, from scores to an accuracy with its interval; also perplexity."""
