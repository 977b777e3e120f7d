"""A server that keeps the contract, for people without a backend."""
