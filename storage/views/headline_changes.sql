-- Every changed headline, before and after; hidden changes left out.
-- Example: headlines that were changed more than once
--   SELECT article_id, url, count(*) AS changes FROM headline_changes
--   GROUP BY article_id, url HAVING count(*) > 1 ORDER BY 3 DESC, 1
SELECT
    c.id AS change_id,  -- the change's number
    c.article_id AS article_id,  -- the article's number
    s.key AS site,  -- short name of its site
    r.url AS url,  -- address of the article
    f.number AS from_version,  -- number of the version before
    v.number AS to_version,  -- number of the version after
    b.headline AS headline_before,  -- the old headline
    r.headline AS headline_after,  -- the new one
    c.kinds AS kinds,  -- what kinds of change, sorted, separated by commas
    CASE WHEN c.announced THEN 1 ELSE 0 END AS announced,  -- 1 where a correction note came with it
    c.significance AS significance,  -- from 0 to 1
    utc{c.last_seen_at} AS last_seen_at,  -- the last look that saw the old
    utc{c.first_seen_at} AS first_seen_at  -- the first look that saw the new
FROM changes AS c
JOIN versions AS f ON f.id = c.from_version_id
JOIN readings AS b ON b.id = f.reading_id
JOIN versions AS v ON v.id = c.to_version_id
JOIN readings AS r ON r.id = v.reading_id
JOIN articles AS a ON a.id = c.article_id
JOIN sites AS s ON s.id = a.site_id
WHERE v.retracted_at IS NULL AND c.hidden_by IS NULL AND c.field = 'headline'
