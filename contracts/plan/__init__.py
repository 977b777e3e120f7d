"""What is sent: fixed probes and generated cases, as values, before anything leaves."""
