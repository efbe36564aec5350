-- Every confirmed removal of an article, with its bounds and, where it came back, when.
-- Example: removed articles that have not come back
--   SELECT site, headline, confirmed_at FROM removals WHERE returned_at IS NULL
--   ORDER BY confirmed_at DESC
SELECT
    e.article_id AS article_id,  -- the article's number
    s.key AS site,  -- short name of its site
    r.url AS url,  -- address of the article
    r.headline AS headline,  -- headline when it was last read
    r.section AS section,  -- breadcrumb when it was last read
    r.source AS source,  -- source when it was last read
    v.number AS version,  -- number of the last version
    utc{(
        SELECT min(own.first_seen_at) FROM versions AS own WHERE own.article_id = e.article_id
    )} AS first_read_at,  -- the look that first read it
    utc{e.last_seen_at} AS last_seen_at,  -- the last look that saw it
    utc{e.first_missing_at} AS first_missing_at,  -- the first look that found it missing
    utc{e.occurred_at} AS confirmed_at,  -- the look that confirmed the removal
    e.details AS details,  -- status and reason of that look
    utc{(
        SELECT min(back.occurred_at) FROM events AS back
        WHERE back.article_id = e.article_id
            AND back.kind = 'returned' AND back.occurred_at > e.occurred_at
    )} AS returned_at  -- the look that saw it again; null where none did
FROM events AS e
JOIN sites AS s ON s.id = e.site_id
JOIN versions AS v ON v.id = (
    SELECT seen.id FROM versions AS seen
    WHERE seen.article_id = e.article_id AND seen.first_seen_at <= e.occurred_at
    ORDER BY seen.number DESC LIMIT 1
)
JOIN readings AS r ON r.id = v.reading_id
WHERE e.kind = 'removed'
