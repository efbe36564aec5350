-- What each site published, changed and removed by day of UTC; days without a look have no row.
-- Example: the last days of each site
--   SELECT day, site, first_reads, changes, removals FROM site_daily ORDER BY day DESC, site LIMIT 20
SELECT
    day{h.hour} AS day,  -- the day, in UTC
    s.key AS site,  -- short name of the site
    CAST(sum(h.first_reads) AS BIGINT) AS first_reads,  -- articles read for the first time
    CAST(sum(h.versions) AS BIGINT) AS versions,  -- further versions that stand
    CAST(sum(h.changes) AS BIGINT) AS changes,  -- changed fields, hidden ones left out
    CAST(sum(h.announced) AS BIGINT) AS announced,  -- those that came with a correction note
    CAST(sum(h.fact_changes) AS BIGINT) AS fact_changes,  -- facts changed without such a note
    CAST(sum(h.headline_changes) AS BIGINT) AS headline_changes,  -- changed headlines
    CAST(sum(h.removals) AS BIGINT) AS removals,  -- confirmed removals
    CAST(sum(h.returns) AS BIGINT) AS returns,  -- articles that came back
    CAST(sum(h.looks) AS BIGINT) AS looks,  -- looks at articles
    CAST(sum(h.looks_new) AS BIGINT) AS looks_new,  -- looks that read an article first
    CAST(sum(h.looks_changed) AS BIGINT) AS looks_changed,  -- looks that found it changed
    CAST(sum(h.looks_unchanged + h.looks_not_modified) AS BIGINT) AS looks_unchanged,  -- as it was
    CAST(sum(h.captures) AS BIGINT) AS captures,  -- captures kept
    CAST(sum(h.stored_bytes) AS BIGINT) AS stored_bytes  -- bytes they take, compressed
FROM site_hours AS h
JOIN sites AS s ON s.id = h.site_id
GROUP BY day{h.hour}, s.key
