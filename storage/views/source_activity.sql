-- What a site publishes from whom, by day; a reprint names a source that is not the site's outlet.
-- Example: what each site reprints most
--   SELECT site, source, sum(articles) AS articles FROM source_activity
--   WHERE is_reprint = 1 GROUP BY site, source ORDER BY 3 DESC, 1, 2
SELECT
    d.day AS day,  -- the day of an article's first reading, on the site's clock
    s.key AS site,  -- short name of the site
    NULLIF(d.source, '') AS source,  -- source as printed; null where none is named
    o.name AS outlet,  -- the outlet that name stands for; null where it is not known
    CASE
        WHEN d.source = '' THEN NULL
        WHEN o.id = s.outlet_id OR d.source = own.name OR d.source = s.name THEN 0
        ELSE 1
    END AS is_reprint,  -- 1 where the source is another outlet; null where none is named
    d.articles AS articles,  -- articles first read that day
    d.original_headlines AS original_headlines,  -- those that name another headline at their origin
    d.edited AS edited,  -- those that were edited afterwards
    d.edits AS edits,  -- how often they were edited
    d.fact_edits AS fact_edits,  -- edits that changed a fact without a correction note
    d.removed AS removed  -- those of the articles that were removed
FROM source_days AS d
JOIN sites AS s ON s.id = d.site_id
JOIN outlets AS own ON own.id = s.outlet_id
LEFT JOIN outlet_aliases AS l ON l.alias = d.source
LEFT JOIN outlets AS o ON o.id = l.outlet_id
