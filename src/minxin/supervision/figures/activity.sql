-- What every account published before the day `today`: its last day with an item; within the last 52
-- weeks, counted back from today, the days and weeks with items and the items, and those of the last 13
-- weeks. No reads, followers or likes: nothing is judged by them. Accounts without an item have no row.
--
-- figures(account_id, day, pushed, published)        one row per account and day, zeros allowed
-- moment(today)                                      one row
WITH items AS (
    SELECT
        g.account_id,
        g.day,
        g.pushed,
        g.published,
        DATEDIFF('day', g.day, t.today) - 1 AS ago
    FROM figures AS g
    CROSS JOIN moment AS t
    WHERE g.pushed + g.published > 0 AND g.day < t.today
)

SELECT
    account_id,
    MAX(day) AS last_on,
    COUNT(CASE WHEN ago < 364 THEN 1 END) AS days_with_items,
    BIT_COUNT(BIT_OR(CASE WHEN ago < 364 THEN CAST(1 AS BIGINT) << (ago // 7) ELSE CAST(0 AS BIGINT) END))
        AS weeks_with_items,
    CAST(SUM(CASE WHEN ago < 364 THEN pushed ELSE 0 END) AS BIGINT) AS pushed,
    CAST(SUM(CASE WHEN ago < 364 THEN published ELSE 0 END) AS BIGINT) AS published,
    CAST(SUM(CASE WHEN ago < 91 THEN pushed + published ELSE 0 END) AS BIGINT) AS items_13_weeks
FROM items
GROUP BY account_id
