-- What every indicator finds, one row per account and rule: candidates, never violations.
--
-- accounts: as for the others; bound, standing: what those queries gave
WITH living AS (
    SELECT
        agency_id,
        platform,
        COUNT(*) AS accounts
    FROM accounts
    WHERE status IN ('planned', 'active', 'closing', 'suspended')
    GROUP BY agency_id, platform
),

-- Nearly all accounts have nothing; only the others are held against the rules.
suspects AS (
    SELECT
        a.account_id,
        a.affiliation,
        a.platform,
        a.status,
        a.region_code,
        s.proven_days,
        s.level IN ('overdue', 'zombie') AS is_silent,
        NOT a.is_verified AS is_uncertified,
        v.accounts > 1 AS is_double,
        COALESCE(a.filing_number = '', FALSE) AS is_unfiled,
        a.is_named_otherwise,
        a.was_closed
    FROM accounts AS a
    INNER JOIN standing AS s ON s.account_id = a.account_id
    INNER JOIN living AS v ON v.agency_id = a.agency_id AND v.platform = a.platform
    WHERE s.level IN ('overdue', 'zombie') OR NOT a.is_verified OR v.accounts > 1
        OR a.filing_number = '' OR a.is_named_otherwise
)

SELECT
    a.account_id,
    b.indicator,
    b.pack,
    b.severity
FROM suspects AS a
INNER JOIN bound AS b
    ON b.affiliation = a.affiliation AND b.platform = a.platform
    AND b.status = a.status AND b.region_code = a.region_code
WHERE (b.indicator = 'update.stale' AND a.is_silent AND a.proven_days >= b.days)
    OR (b.indicator = 'account.zombie' AND b.place = 1 AND a.is_silent AND a.proven_days >= b.days)
    OR (b.indicator = 'account.uncertified' AND a.is_uncertified)
    OR (b.indicator = 'account.duplicate_platform' AND a.is_double)
    OR (b.indicator = 'account.unfiled' AND a.is_unfiled)
    OR (b.indicator = 'account.name_mismatch' AND a.is_named_otherwise)
    OR (b.indicator = 'account.reopened' AND a.was_closed AND a.is_unfiled)
