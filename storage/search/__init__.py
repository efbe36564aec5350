"""Full text search over all versions, and over what each added or removed."""
