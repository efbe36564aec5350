-- Every change an outlet made, one row a field; hidden ones too, with the rule that hides them.
-- Example: what changed in the first days of November, the weightiest first
--   SELECT site, headline, field, kinds, significance, rule FROM change_log
--   WHERE hidden_by IS NULL AND first_seen_at >= '2026-11-01' AND first_seen_at < '2026-11-04'
--   ORDER BY significance DESC, first_seen_at
SELECT
    c.id AS change_id,  -- the change's number
    c.article_id AS article_id,  -- the article's number
    s.key AS site,  -- short name of its site
    r.url AS url,  -- address of the article
    r.headline AS headline,  -- headline after the change
    r.section AS section,  -- breadcrumb after the change
    r.source AS source,  -- source after the change
    f.number AS from_version,  -- number of the version before
    v.number AS to_version,  -- number of the version after
    c.field AS field,  -- the field that differs
    c.kinds AS kinds,  -- what kinds of change, sorted, separated by commas
    CASE WHEN c.announced THEN 1 ELSE 0 END AS announced,  -- 1 where a correction note came with it
    c.significance AS significance,  -- from 0 to 1
    c.rule AS rule,  -- the rule behind each part of the significance
    c.hidden_by AS hidden_by,  -- the rule that hides it; null is shown
    utc{c.last_seen_at} AS last_seen_at,  -- the last look that saw the old
    utc{c.first_seen_at} AS first_seen_at  -- the first look that saw the new
FROM changes AS c
JOIN versions AS f ON f.id = c.from_version_id
JOIN versions AS v ON v.id = c.to_version_id
JOIN readings AS r ON r.id = v.reading_id
JOIN articles AS a ON a.id = c.article_id
JOIN sites AS s ON s.id = a.site_id
WHERE v.retracted_at IS NULL
