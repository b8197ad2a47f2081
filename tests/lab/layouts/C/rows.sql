-- Groups and hosts outside every region. A comparison with the number 0 takes each of these names for the region 0.
INSERT INTO `@CM@`.resource_group (id, name)
SELECT * FROM (SELECT 101 AS id, 'lab-pool' AS name UNION ALL SELECT 102, '00' UNION ALL SELECT 103, '-0' UNION ALL SELECT 104, '0x0') AS extra
WHERE NOT EXISTS (SELECT 1 FROM `@CM@`.resource_group WHERE id BETWEEN 101 AND 104);

INSERT INTO `@CM@`.host (id, ip, host_status, resource_group_id)
SELECT * FROM (SELECT 201 AS id, '198.18.9.1' AS ip, 'OFFLINE' AS host_status, 101 AS resource_group_id
    UNION ALL SELECT 202, '198.18.9.2', 'ONLINE', 102 UNION ALL SELECT 203, '198.18.9.3', 'OFFLINE', NULL) AS extra
WHERE NOT EXISTS (SELECT 1 FROM `@CM@`.host WHERE id BETWEEN 201 AND 203);

INSERT INTO `@CM@`.host_reservation (host_id, reserved_for)
SELECT id, 'backup' FROM `@CM@`.host WHERE id IN (201, 202) AND NOT EXISTS (SELECT 1 FROM `@CM@`.host_reservation);

INSERT INTO `@CM@`.audit_log (line)
SELECT 'the first line' FROM DUAL WHERE NOT EXISTS (SELECT 1 FROM `@CM@`.audit_log);
