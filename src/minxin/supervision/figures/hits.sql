-- What every indicator finds, one row per account and rule: candidates, never violations. Beside the
-- relations of standing.sql it reads standing(account_id, level, last_on, silent_days, proven_days, pack).
WITH bound AS (
    SELECT
        a.account_id,
        a.agency_id,
        a.platform,
        a.is_verified,
        a.filing_number,
        p.indicator,
        p.pack,
        p.severity,
        p.days,
        MAX(LENGTH(r.prefix)) AS reach
    FROM accounts AS a
    INNER JOIN pack_affiliations AS f ON f.affiliation = a.affiliation
    INNER JOIN packs AS p ON p.pack = f.pack
    INNER JOIN pack_platforms AS m ON m.pack = p.pack AND (m.platform = '' OR m.platform = a.platform)
    INNER JOIN pack_regions AS r ON r.pack = p.pack AND STARTS_WITH(a.region_code, r.prefix)
    WHERE a.status IN ('active', 'closing', 'suspended')
        AND (a.status <> 'suspended' OR p.binds_suspended)
    GROUP BY
        a.account_id, a.agency_id, a.platform, a.is_verified, a.filing_number, p.indicator, p.pack,
        p.severity, p.days
),

ranked AS (
    SELECT
        *,
        ROW_NUMBER() OVER (PARTITION BY account_id, indicator ORDER BY reach DESC, pack) AS place
    FROM bound
),

living AS (
    SELECT
        agency_id,
        platform,
        COUNT(*) AS accounts
    FROM accounts
    WHERE status IN ('planned', 'active', 'closing', 'suspended')
    GROUP BY agency_id, platform
)

SELECT
    b.account_id,
    b.indicator,
    b.pack,
    b.severity
FROM ranked AS b
INNER JOIN standing AS s ON s.account_id = b.account_id
INNER JOIN living AS v ON v.agency_id = b.agency_id AND v.platform = b.platform
WHERE (b.indicator = 'update.stale' AND s.level IN ('overdue', 'zombie') AND s.proven_days >= b.days)
    OR (b.indicator = 'account.zombie' AND b.place = 1 AND s.level IN ('overdue', 'zombie') AND s.proven_days >= b.days)
    OR (b.indicator = 'account.uncertified' AND NOT b.is_verified)
    OR (b.indicator = 'account.duplicate_platform' AND v.accounts > 1)
    OR (b.indicator = 'account.unfiled' AND b.filing_number = '')
ORDER BY b.account_id, b.indicator, b.pack
