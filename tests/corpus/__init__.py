"""Archives as they were really published, converted one by one and all together."""
