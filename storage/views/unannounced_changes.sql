-- Silent changes: facts, quotations and deletions that no correction note announced.
-- A text that was gutted is a deletion too.
-- Example: sites by the number of silent changes
--   SELECT site, count(*) AS changes FROM unannounced_changes GROUP BY site ORDER BY 2 DESC, 1
SELECT
    c.id AS change_id,  -- the change's number
    c.article_id AS article_id,  -- the article's number
    s.key AS site,  -- short name of its site
    r.url AS url,  -- address of the article
    r.headline AS headline,  -- headline after the change
    f.number AS from_version,  -- number of the version before
    v.number AS to_version,  -- number of the version after
    c.field AS field,  -- the field that differs
    c.kinds AS kinds,  -- what kinds of change, sorted, separated by commas
    c.significance AS significance,  -- from 0 to 1
    c.rule AS rule,  -- what was changed, and the rule that says so
    utc{c.last_seen_at} AS last_seen_at,  -- the last look that saw the old
    utc{c.first_seen_at} AS first_seen_at  -- the first look that saw the new
FROM changes AS c
JOIN versions AS f ON f.id = c.from_version_id
JOIN versions AS v ON v.id = c.to_version_id
JOIN readings AS r ON r.id = v.reading_id
JOIN articles AS a ON a.id = c.article_id
JOIN sites AS s ON s.id = a.site_id
WHERE v.retracted_at IS NULL
    AND c.hidden_by IS NULL
    AND NOT c.announced
    AND (
        (',' || c.kinds || ',') LIKE '%,fact,%'
        OR (',' || c.kinds || ',') LIKE '%,quotation,%'
        OR (',' || c.kinds || ',') LIKE '%,deletion,%'
        OR (',' || c.kinds || ',') LIKE '%,gutted,%'
    )
