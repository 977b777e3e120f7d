"""What the mock answers, as values: chosen from fixtures and examples; nothing of a socket."""
