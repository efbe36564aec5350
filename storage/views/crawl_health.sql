-- How crawling went, by day of UTC and site: crawls by how they ended, looks by what they came to.
-- Example: days on which a site refused us or failed
--   SELECT day, site, crawls, blocked, failed FROM crawl_health
--   WHERE blocked + failed > 0 ORDER BY day DESC, site
SELECT
    each_day.day AS day,  -- the day, in UTC
    s.key AS site,  -- short name of the site
    CAST(sum(each_day.crawls) AS BIGINT) AS crawls,  -- crawls begun
    CAST(sum(each_day.crawls_good) AS BIGINT) AS crawls_good,  -- those that ended in success
    CAST(sum(each_day.crawls_partial) AS BIGINT) AS crawls_partial,  -- those that failed in part
    CAST(sum(each_day.crawls_failed) AS BIGINT) AS crawls_failed,  -- those that failed or were lost
    CAST(sum(each_day.looks) AS BIGINT) AS looks,  -- looks at articles
    CAST(sum(each_day.answered) AS BIGINT) AS answered,  -- looks that saw the article or its absence
    CAST(sum(each_day.missing) AS BIGINT) AS missing,  -- looks that found it missing
    CAST(sum(each_day.blocked) AS BIGINT) AS blocked,  -- looks that were refused
    CAST(sum(each_day.failed) AS BIGINT) AS failed,  -- looks that failed
    CAST(sum(each_day.not_article) AS BIGINT) AS not_article,  -- looks that found no article
    CAST(sum(each_day.seed_looks) AS BIGINT) AS seed_looks,  -- looks at seeds
    CAST(sum(each_day.seed_failed) AS BIGINT) AS seed_failed  -- those that were refused or failed
FROM (
    SELECT
        site_id,
        day{hour} AS day,
        0 AS crawls, 0 AS crawls_good, 0 AS crawls_partial, 0 AS crawls_failed,
        looks,
        looks - looks_blocked - looks_failed AS answered,
        looks_missing AS missing,
        looks_blocked AS blocked,
        looks_failed AS failed,
        looks_not_article AS not_article,
        seed_looks,
        seed_looks - seed_answered AS seed_failed
    FROM site_hours
    UNION ALL
    SELECT
        site_id,
        substr(utc{started_at}, 1, 10),
        1,
        CASE WHEN status = 'success' THEN 1 ELSE 0 END,
        CASE WHEN status = 'partial' THEN 1 ELSE 0 END,
        CASE WHEN status IN ('failure', 'lost') THEN 1 ELSE 0 END,
        0, 0, 0, 0, 0, 0, 0, 0
    FROM crawls
) AS each_day
JOIN sites AS s ON s.id = each_day.site_id
GROUP BY each_day.day, s.key
