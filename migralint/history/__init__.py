"""The revision graph and the replay of a history."""
