-- What every account published before the day `today`: its last day with an item; within the last 52
-- weeks, counted back from today, the days and weeks with items and the items, and those of the last 13
-- weeks. No reads, followers or likes: nothing is judged by them. Accounts without an item have no row.
--
-- figures(account_id, day, pushed, published)        one row per account and day, zeros allowed
-- moment(today, year_from)                           one row: today, and 364 days before it
-- days(day, week, is_recent)                         each of those 364 days: the bit of its week, and whether it
--                                                    is one of the last 91
WITH recent AS (
    SELECT
        g.account_id,
        MAX(g.day) AS last_on,
        COUNT(*) AS days_with_items,
        BIT_COUNT(BIT_OR(d.week)) AS weeks_with_items,
        SUM(g.pushed) AS pushed,
        SUM(g.published) AS published,
        SUM(CASE WHEN d.is_recent THEN g.pushed + g.published ELSE 0 END) AS items_13_weeks
    FROM figures AS g
    INNER JOIN days AS d ON d.day = g.day
    WHERE g.pushed + g.published > 0
    GROUP BY g.account_id
),

older AS (
    SELECT
        g.account_id,
        MAX(g.day) AS last_on
    FROM figures AS g
    CROSS JOIN moment AS t
    WHERE g.day < t.year_from AND g.pushed + g.published > 0
    GROUP BY g.account_id
)

SELECT
    COALESCE(r.account_id, o.account_id) AS account_id,
    COALESCE(r.last_on, o.last_on) AS last_on,
    COALESCE(r.days_with_items, 0) AS days_with_items,
    COALESCE(r.weeks_with_items, 0) AS weeks_with_items,
    CAST(COALESCE(r.pushed, 0) AS BIGINT) AS pushed,
    CAST(COALESCE(r.published, 0) AS BIGINT) AS published,
    CAST(COALESCE(r.items_13_weeks, 0) AS BIGINT) AS items_13_weeks
FROM recent AS r
FULL OUTER JOIN older AS o ON o.account_id = r.account_id
