"""Servers that keep, or break, what a contract promises about writes; the contract is theirs."""
