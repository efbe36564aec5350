-- How closely each site was watched, by day of UTC; a day without any look has no row.
-- Example: days on which a site was out of sight for six hours or more
--   SELECT day, site, hours_watched, looks FROM coverage WHERE hours_watched <= 18 ORDER BY day, site
SELECT
    day{h.hour} AS day,  -- the day, in UTC
    s.key AS site,  -- short name of the site
    CAST(sum(h.looks) AS BIGINT) AS looks,  -- looks at articles
    CAST(sum(h.looks - h.looks_blocked - h.looks_failed) AS BIGINT) AS answered,  -- looks that told
    CAST(sum(h.seed_looks) AS BIGINT) AS seed_looks,  -- looks at seeds
    CAST(sum(h.seed_answered) AS BIGINT) AS seed_answered,  -- those that told
    CAST(
        sum(
            CASE
                WHEN h.looks - h.looks_blocked - h.looks_failed + h.seed_answered > 0 THEN 1
                ELSE 0
            END
        ) AS BIGINT
    ) AS hours_watched  -- hours of the day, of 24, in which a look at an article or a seed told
FROM site_hours AS h
JOIN sites AS s ON s.id = h.site_id
GROUP BY day{h.hour}, s.key
