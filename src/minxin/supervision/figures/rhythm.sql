-- How every account published in the year before the day `today`: days with items, items, items in the last
-- thirteen weeks, the longest stretch without one between two items, in days. No reads, followers or likes:
-- nothing is judged by them.
WITH active AS (
    SELECT
        g.account_id,
        g.day,
        g.pushed,
        g.published,
        DATEDIFF('day', LAG(g.day) OVER (PARTITION BY g.account_id ORDER BY g.day), g.day) - 1 AS gap,
        DATEDIFF('day', g.day, t.today) <= 91 AS is_recent
    FROM figures AS g
    CROSS JOIN moment AS t
    WHERE g.pushed + g.published > 0
        AND g.day < t.today AND DATEDIFF('day', g.day, t.today) <= 365
)

SELECT
    account_id,
    CAST(COUNT(*) AS BIGINT) AS days_with_items,
    CAST(SUM(pushed) AS BIGINT) AS pushed,
    CAST(SUM(published) AS BIGINT) AS published,
    CAST(SUM(CASE WHEN is_recent THEN pushed + published ELSE 0 END) AS BIGINT) AS items_13_weeks,
    MAX(gap) AS longest_gap
FROM active
GROUP BY account_id
ORDER BY account_id
