-- How every account stands at the beginning of the day `today`, by days: what `rules.clock` says for items
-- that are known by day, with one look an account. One row per account.
--
-- accounts, moment: as for the others; bound, activity: what those queries gave
-- looks(account_id, looked_from, looked_until)       asked about all days from, up to but not including
WITH looked AS (
    SELECT
        k.account_id,
        k.looked_from,
        LEAST(k.looked_until, t.today) AS looked_until
    FROM looks AS k
    CROSS JOIN moment AS t
    WHERE k.looked_from < t.today
),

known AS (
    SELECT
        a.account_id,
        a.affiliation,
        a.platform,
        a.status,
        a.region_code,
        n.pack,
        n.notice,
        n.reminder,
        n.alarm,
        n.red,
        z.days AS zombie_days,
        l.last_on,
        k.looked_from,
        k.looked_until,
        DATEDIFF('day', COALESCE(l.last_on, k.looked_from), t.today) AS silent_days,
        CASE
            WHEN k.looked_until IS NULL THEN NULL
            WHEN l.last_on IS NULL OR l.last_on < k.looked_from
                THEN DATEDIFF('day', k.looked_from, k.looked_until)
            WHEN l.last_on >= k.looked_until THEN NULL
            ELSE DATEDIFF('day', l.last_on, k.looked_until) - 1
        END AS proven_days,
        COALESCE(
            (k.looked_until IS NULL OR DATEDIFF('day', k.looked_until, t.today) > 3)
            AND (l.last_on IS NULL OR DATEDIFF('day', l.last_on, t.today) > 3), FALSE
        ) AS is_old,
        k.looked_until IS NOT NULL AND l.last_on IS NOT NULL
        AND l.last_on < k.looked_from AS has_gap
    FROM accounts AS a
    CROSS JOIN moment AS t
    LEFT JOIN bound AS n
        ON n.indicator = 'update.stale' AND n.place = 1 AND n.affiliation = a.affiliation AND n.platform = a.platform
        AND n.status = a.status AND n.region_code = a.region_code
    LEFT JOIN bound AS z
        ON z.indicator = 'account.zombie' AND z.place = 1 AND z.affiliation = a.affiliation AND z.platform = a.platform
        AND z.status = a.status AND z.region_code = a.region_code
    LEFT JOIN activity AS l ON l.account_id = a.account_id
    LEFT JOIN looked AS k ON k.account_id = a.account_id
),

passed AS (
    SELECT
        k.account_id,
        MAX(r.days) AS passed_days
    FROM known AS k
    INNER JOIN bound AS r
        ON r.affiliation = k.affiliation AND r.platform = k.platform
        AND r.status = k.status AND r.region_code = k.region_code
    WHERE r.indicator = 'update.stale' AND k.proven_days >= r.days
    GROUP BY k.account_id
)

SELECT
    k.account_id,
    CASE
        WHEN k.pack IS NULL THEN 'exempt'
        WHEN k.last_on IS NULL AND k.looked_until IS NULL THEN 'unknown'
        WHEN NOT k.is_old AND k.proven_days >= k.zombie_days
            AND k.zombie_days >= COALESCE(p.passed_days, 0) THEN 'zombie'
        WHEN NOT k.is_old AND p.passed_days IS NOT NULL THEN 'overdue'
        WHEN k.last_on IS NULL THEN 'unknown'
        WHEN k.silent_days < k.notice THEN 'fresh'
        WHEN k.looked_until IS NULL OR k.is_old OR k.has_gap THEN 'unknown'
        WHEN k.silent_days < k.reminder THEN 'notice'
        WHEN k.silent_days < k.alarm THEN 'reminder'
        WHEN k.silent_days < k.red THEN 'alarm'
        ELSE 'red'
    END AS level,
    k.last_on,
    k.silent_days,
    k.proven_days,
    k.pack
FROM known AS k
LEFT JOIN passed AS p ON p.account_id = k.account_id
