"""The kit: the contract, the mock that keeps it and the judge. One name of its own for all of them.

The three packages are the folders `spec`, `mock_server` and `contracts` of the repository.
"""
