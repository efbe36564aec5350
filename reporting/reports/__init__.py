"""The shipped reports, each a question that people come with."""
