"""What was asked for: flags, a target file, profiles and accepted drift."""
