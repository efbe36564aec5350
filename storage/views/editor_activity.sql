-- The work of the desk by day: the articles each editor, reviewer and proofreader put out, and what
-- was edited in them afterwards.
-- Example: editors by articles, with the share that was edited after publication
--   SELECT site, name, sum(articles) AS articles, sum(edited) AS edited
--   FROM editor_activity WHERE role = 'editor' GROUP BY site, name ORDER BY 3 DESC, 1, 2
SELECT
    d.day AS day,  -- the day of an article's first reading, on the site's clock
    s.key AS site,  -- short name of the site
    d.role AS role,  -- editor, reviewer or proofreader
    d.name AS name,  -- name as printed, credited at the first reading
    d.articles AS articles,  -- articles first read that day
    d.edited AS edited,  -- those of them that were edited afterwards
    d.edits AS edits,  -- how often they were edited
    d.fact_edits AS fact_edits,  -- edits that changed a fact without a correction note
    d.removed AS removed  -- those of the articles that were removed
FROM desk_days AS d
JOIN sites AS s ON s.id = d.site_id
