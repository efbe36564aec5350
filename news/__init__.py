"""What an article is, when it has changed, and when to look again: plain values, pure functions.

Nothing in this package does input or output, asks the clock, or knows Scrapy or SQL.
"""
