-- Rows that initialisation adds in every layout when they are missing. Existing rows stay as they are.

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
