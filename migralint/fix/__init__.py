"""What rules say of fixes becomes edits of files: as little as possible, so that all else stays as it was written."""
