-- Which rules bind which account, the nearest to its region first (`place`). One row per account and rule.
--
-- accounts(account_id, agency_id, platform, affiliation, status, region_code, is_verified, filing_number,
--          is_named_otherwise, was_closed)
-- packs(pack, indicator, severity, days, notice, reminder, alarm, red, binds_suspended)
-- pack_affiliations(pack, affiliation)  pack_platforms(pack, platform)  pack_regions(pack, prefix)
--                                                    '' stands for every platform, every region
WITH fits AS (
    SELECT
        c.region_code,
        r.pack,
        MAX(LENGTH(r.prefix)) AS reach
    FROM (SELECT DISTINCT region_code FROM accounts) AS c
    INNER JOIN pack_regions AS r ON STARTS_WITH(c.region_code, r.prefix)
    GROUP BY c.region_code, r.pack
)

SELECT
    a.account_id,
    p.indicator,
    p.pack,
    p.severity,
    p.days,
    p.notice,
    p.reminder,
    p.alarm,
    p.red,
    ROW_NUMBER() OVER (PARTITION BY a.account_id, p.indicator ORDER BY x.reach DESC, p.pack) AS place
FROM accounts AS a
INNER JOIN pack_affiliations AS f ON f.affiliation = a.affiliation
INNER JOIN packs AS p ON p.pack = f.pack
INNER JOIN fits AS x ON x.region_code = a.region_code AND x.pack = p.pack
WHERE a.status IN ('active', 'closing', 'suspended')
    AND (a.status <> 'suspended' OR p.binds_suspended)
    AND EXISTS (
        SELECT 1
        FROM pack_platforms AS m
        WHERE m.pack = p.pack AND m.platform IN ('', a.platform)
    )
