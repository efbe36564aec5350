-- The work of reporters, correspondents and all others credited with a text, by day, source and
-- section.
-- Example: correspondents by source
--   SELECT source, name, affiliation, sum(articles) AS articles FROM reporter_activity
--   WHERE role = 'correspondent' GROUP BY source, name, affiliation ORDER BY 4 DESC, 1, 2
SELECT
    d.day AS day,  -- the day of an article's first reading, on the site's clock
    s.key AS site,  -- short name of the site
    NULLIF(d.source, '') AS source,  -- source as printed; null where none is named
    NULLIF(d.section, '') AS section,  -- breadcrumb; null where there is none
    d.role AS role,  -- reporter, correspondent, writer, photographer and others
    d.name AS name,  -- name as printed, credited at the first reading
    NULLIF(d.affiliation, '') AS affiliation,  -- the outlet printed with the name
    d.articles AS articles,  -- articles first read that day
    d.edited AS edited,  -- those of them that were edited afterwards
    d.edits AS edits,  -- how often they were edited
    d.fact_edits AS fact_edits,  -- edits that changed a fact without a correction note
    d.removed AS removed  -- those of the articles that were removed
FROM byline_days AS d
JOIN sites AS s ON s.id = d.site_id
