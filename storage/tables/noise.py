"""Noise: what a site was learned to change everywhere at once, and which changes touch it."""

import sqlalchemy as sa

from storage.tables.base import big, count, metadata, moment, ref, row_id, text

noise_rules = sa.Table(
    "noise_rules",
    metadata,
    row_id("the rule's number, as in `hidden_by`: noise:N"),
    ref("site_id", "sites.id", "the site it was learned on"),
    text(
        "kind", "line, label, image, caption: what is noise wherever it comes or goes; or template"
    ),
    text("pattern", "the line, label, image or caption; of a template the fields it moved"),
    big("signature", "hash of kind and pattern, as in change_lines"),
    count("articles", "articles in which it came or went within the time of evidence"),
    count("looked_at", "articles that were looked at within that time"),
    count("crawls", "crawls that saw it come or go"),
    moment("first_seen_at", "the first change of the evidence"),
    moment("last_seen_at", "the last change of the evidence"),
    text("samples", "a few changes of the evidence, JSON: address, before, after"),
    moment("learned_at", "when it was learned"),
    moment("disabled_at", "since when it hides nothing, because somebody said so", null=True),
    sa.UniqueConstraint("site_id", "signature"),
    comment="rules that hide changes, each with its evidence; they can be taken back",
)

change_lines = sa.Table(
    "change_lines",
    metadata,
    big("signature", "hash of a kind of rule and what it would have to say", key=True),
    ref("change_id", "changes.id", "the change", key=True),
    count(
        "place", "which of the change's lines, from 0; all must be noise for it to hide", key=True
    ),
    sa.Index(None, "change_id"),
    comment="the lines that came or went in a change that a learned rule may hide",
)
