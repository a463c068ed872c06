-- Which rules bind accounts of one kind (affiliation, platform, status and region), the nearest to the region
-- first (`place`). One row per kind and rule: there are some hundred kinds, however many accounts.
--
-- accounts(account_id, agency_id, platform, affiliation, status, region_code, is_verified, filing_number,
--          is_named_otherwise, was_closed)
-- packs(pack, indicator, severity, days, notice, reminder, alarm, red, binds_suspended)
-- pack_affiliations(pack, affiliation)  pack_platforms(pack, platform)  pack_regions(pack, prefix)
--                                                    '' stands for every platform, every region
WITH alike AS (
    SELECT DISTINCT
        affiliation,
        platform,
        status,
        region_code
    FROM accounts
    WHERE status IN ('active', 'closing', 'suspended')
),

fits AS (
    SELECT
        a.affiliation,
        a.platform,
        a.status,
        a.region_code,
        p.indicator,
        p.pack,
        p.severity,
        p.days,
        p.notice,
        p.reminder,
        p.alarm,
        p.red,
        MAX(LENGTH(r.prefix)) AS reach
    FROM alike AS a
    INNER JOIN pack_affiliations AS f ON f.affiliation = a.affiliation
    INNER JOIN packs AS p ON p.pack = f.pack
    INNER JOIN pack_platforms AS m ON m.pack = p.pack AND (m.platform = '' OR m.platform = a.platform)
    INNER JOIN pack_regions AS r ON r.pack = p.pack AND STARTS_WITH(a.region_code, r.prefix)
    WHERE a.status <> 'suspended' OR p.binds_suspended
    GROUP BY
        a.affiliation, a.platform, a.status, a.region_code, p.indicator, p.pack, p.severity, p.days,
        p.notice, p.reminder, p.alarm, p.red
)

SELECT
    *,
    ROW_NUMBER() OVER (
        PARTITION BY affiliation, platform, status, region_code, indicator
        ORDER BY reach DESC, pack
    ) AS place
FROM fits
