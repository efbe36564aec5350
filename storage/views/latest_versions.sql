-- Every article that was read, with the version that is served now (or was, when it was last seen).
SELECT
    a.id AS article_id,
    s.key AS site,
    o.name AS outlet,
    u.url AS url,
    st.state AS state,
    v.number AS version,
    utc{v.first_seen_at} AS first_seen_at,
    utc{st.last_seen_at} AS last_seen_at,
    r.headline AS headline,
    r.kicker AS kicker,
    r.subheadline AS subheadline,
    r.original_headline AS original_headline,
    r.section AS section,
    r.published_text AS published_at,
    r.source AS source,
    r.language AS language,
    t.text AS body,
    v.content_digest AS content_digest
FROM article_state AS st
JOIN articles AS a ON a.id = st.article_id
JOIN sites AS s ON s.id = a.site_id
JOIN outlets AS o ON o.id = s.outlet_id
JOIN article_urls AS u ON u.id = (
    SELECT max(own.id) FROM article_urls AS own
    WHERE own.article_id = a.id AND own.valid_to IS NULL
)
JOIN versions AS v ON v.id = st.open_version_id
JOIN readings AS r ON r.id = v.reading_id
LEFT JOIN texts AS t ON t.digest = r.body_digest
