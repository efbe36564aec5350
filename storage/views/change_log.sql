-- Every change an outlet made, one row a field; hidden ones too, with the rule that hides them.
SELECT
    c.id AS change_id,
    c.article_id AS article_id,
    s.key AS site,
    r.url AS url,
    r.headline AS headline,
    f.number AS from_version,
    v.number AS to_version,
    c.field AS field,
    c.kinds AS kinds,
    CASE WHEN c.announced THEN 1 ELSE 0 END AS announced,
    c.significance AS significance,
    c.rule AS rule,
    c.hidden_by AS hidden_by,
    utc{c.last_seen_at} AS last_seen_at,
    utc{c.first_seen_at} AS first_seen_at
FROM changes AS c
JOIN versions AS f ON f.id = c.from_version_id
JOIN versions AS v ON v.id = c.to_version_id
JOIN readings AS r ON r.id = v.reading_id
JOIN articles AS a ON a.id = c.article_id
JOIN sites AS s ON s.id = a.site_id
WHERE v.retracted_at IS NULL
