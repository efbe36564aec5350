-- Every confirmed removal of an article, with its bounds and, where it came back, when.
SELECT
    e.article_id AS article_id,
    s.key AS site,
    r.url AS url,
    r.headline AS headline,
    v.number AS version,
    utc{e.last_seen_at} AS last_seen_at,
    utc{e.first_missing_at} AS first_missing_at,
    utc{e.occurred_at} AS removed_at,
    e.details AS details,
    utc{(
        SELECT min(back.occurred_at) FROM events AS back
        WHERE back.article_id = e.article_id
            AND back.kind = 'returned' AND back.occurred_at > e.occurred_at
    )} AS returned_at
FROM events AS e
JOIN sites AS s ON s.id = e.site_id
JOIN versions AS v ON v.id = (
    SELECT max(seen.id) FROM versions AS seen
    WHERE seen.article_id = e.article_id AND seen.first_seen_at <= e.occurred_at
)
JOIN readings AS r ON r.id = v.reading_id
WHERE e.kind = 'removed'
