-- Who is credited with every version, one row a name and role.
-- Example: all that one editor was credited with
--   SELECT site, headline, version, first_seen_at FROM credit_log
--   WHERE role = 'editor' AND name = '乙小红' ORDER BY first_seen_at DESC
SELECT
    v.article_id AS article_id,  -- the article's number
    s.key AS site,  -- short name of its site
    r.url AS url,  -- address of the article
    v.number AS version,  -- number of the version
    utc{v.first_seen_at} AS first_seen_at,  -- the first look that saw the version
    r.headline AS headline,  -- headline of the version
    r.section AS section,  -- its breadcrumb
    r.source AS source,  -- its source
    k.position AS position,  -- place on the page, from 0
    k.role AS role,  -- reporter, correspondent, editor, reviewer and others
    k.name AS name,  -- name as printed
    k.kind AS kind,  -- person or organization
    k.affiliation AS affiliation,  -- the outlet printed with the name
    o.name AS outlet,  -- the outlet a person is taken to be of; null for organizations
    k.level AS level,  -- 1 to 3 for 一审 to 三审
    k.label AS label  -- the label as printed
FROM versions AS v
JOIN readings AS r ON r.id = v.reading_id
JOIN credits AS k ON k.reading_id = r.id
JOIN articles AS a ON a.id = v.article_id
JOIN sites AS s ON s.id = a.site_id
LEFT JOIN people AS p ON p.id = k.person_id
LEFT JOIN outlets AS o ON o.id = p.outlet_id
WHERE v.retracted_at IS NULL AND a.merged_into IS NULL
