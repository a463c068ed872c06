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
)

SELECT
    b.account_id,
    b.indicator,
    b.pack,
    b.severity
FROM bound AS b
INNER JOIN accounts AS a ON a.account_id = b.account_id
INNER JOIN standing AS s ON s.account_id = b.account_id
INNER JOIN living AS v ON v.agency_id = a.agency_id AND v.platform = a.platform
WHERE (b.indicator = 'update.stale' AND s.level IN ('overdue', 'zombie') AND s.proven_days >= b.days)
    OR (b.indicator = 'account.zombie' AND b.place = 1 AND s.level IN ('overdue', 'zombie') AND s.proven_days >= b.days)
    OR (b.indicator = 'account.uncertified' AND NOT a.is_verified)
    OR (b.indicator = 'account.name_mismatch' AND a.is_named_otherwise)
    OR (b.indicator = 'account.reopened' AND a.was_closed AND a.filing_number = '')
    OR (b.indicator = 'account.duplicate_platform' AND v.accounts > 1)
    OR (b.indicator = 'account.unfiled' AND a.filing_number = '')
