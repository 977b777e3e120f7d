"""Does a server keep the contract? A black-box judge of any URL."""
