-- Every article that was read, with the version that is served now (or was, when it was last seen).
-- Example: the newest articles that name another outlet as their source
--   SELECT site, headline, source, first_seen_at FROM latest_versions
--   WHERE source <> outlet ORDER BY first_seen_at DESC LIMIT 20
SELECT
    a.id AS article_id,  -- the article's number
    s.key AS site,  -- short name of its site
    o.name AS outlet,  -- the outlet the site belongs to
    u.url AS url,  -- its address now
    st.state AS state,  -- live, suspect, removed or not_article
    v.number AS version,  -- number of the version
    utc{v.first_seen_at} AS first_seen_at,  -- the first look that saw this version
    utc{st.last_seen_at} AS last_seen_at,  -- the last look that saw it
    r.headline AS headline,  -- headline
    r.kicker AS kicker,  -- line over the headline
    r.subheadline AS subheadline,  -- line under the headline
    r.original_headline AS original_headline,  -- the headline the text bore at its origin
    r.section AS section,  -- breadcrumb, outermost first
    r.published_text AS published_at,  -- published time as printed
    r.source AS source,  -- the outlet the page names as the origin of its text
    r.language AS language,  -- language tag
    t.text AS body,  -- one paragraph or heading a line
    v.content_digest AS content_digest  -- digest of what is compared
FROM article_state AS st
JOIN articles AS a ON a.id = st.article_id
JOIN sites AS s ON s.id = a.site_id
JOIN outlets AS o ON o.id = s.outlet_id
JOIN versions AS v ON v.id = st.open_version_id AND v.article_id = st.article_id
JOIN readings AS r ON r.id = v.reading_id
LEFT JOIN article_urls AS u ON u.id = (
    SELECT max(own.id) FROM article_urls AS own
    WHERE own.article_id = a.id AND own.valid_to IS NULL
)
LEFT JOIN texts AS t ON t.digest = r.body_digest
WHERE a.merged_into IS NULL
