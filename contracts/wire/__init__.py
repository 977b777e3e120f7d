"""How requests are sent: connections, pace, repetition, and the bytes that came back."""
