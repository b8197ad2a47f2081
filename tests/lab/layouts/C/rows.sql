-- Rows that initialisation adds when they are missing. Existing rows stay as they are.

INSERT IGNORE INTO `@RM@`.oms_version (version) VALUES ('4.2.1-CE');

INSERT INTO `@RM@`.oms_normal_config (cfg_name, cfg_value)
SELECT 'ha.config', '{"enable":false,"enableHost":false,"enableStore":true,"perceiveStoreClientCheckpoint":false,"enableConnector":true,"enableJdbcWriter":true,"subtopicStoreNumberThreshold":5,"checkRequestIntervalSec":600,"checkJdbcWriterIntervalSec":600,"checkHostDownIntervalSec":540,"checkModuleExceptionIntervalSec":240,"clearAbnormalResourceHours":72,"refetchStoreIntervalMin":30}'
FROM DUAL WHERE NOT EXISTS (SELECT 1 FROM `@RM@`.oms_normal_config WHERE cfg_name = 'ha.config');

INSERT INTO `@RM@`.oms_project (id, project_name, project_status)
SELECT * FROM (SELECT 1 AS id, '订单库迁移' AS project_name, 'RUNNING' AS project_status
    UNION ALL SELECT 2, 'billing-to-ob', 'FINISHED' UNION ALL SELECT 3, '旧项目', 'DELETED') AS sample
WHERE NOT EXISTS (SELECT 1 FROM `@RM@`.oms_project);

INSERT INTO `@RM@`.oms_sync_project (id, project_name, project_status)
SELECT * FROM (SELECT 1 AS id, 'orders-to-kafka' AS project_name, 'RUNNING' AS project_status
    UNION ALL SELECT 2, '测试同步', 'DELETED') AS sample
WHERE NOT EXISTS (SELECT 1 FROM `@RM@`.oms_sync_project);

INSERT INTO `@CM@`.config_job (`key`, `value`)
SELECT 'sourceFile.blackRegionNo', '' FROM DUAL
WHERE NOT EXISTS (SELECT 1 FROM `@CM@`.config_job WHERE `key` = 'sourceFile.blackRegionNo');

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
