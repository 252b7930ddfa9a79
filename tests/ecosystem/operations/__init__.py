"""What a history did, operation by operation: how it is recorded and how an answer is compared with it."""
