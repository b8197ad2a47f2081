-- The region's location, when it is missing: a row, and another one equal to it. At the first initialisation of all, also what
-- users of the hosts write: labels, tasks, readings.

INSERT INTO `@CM@`.location_cm (location, cm_url, share)
SELECT '@CODE@', '@CM_URL@', 0.7 FROM (SELECT 1 UNION ALL SELECT 2) AS twice
WHERE NOT EXISTS (SELECT 1 FROM `@CM@`.location_cm WHERE BINARY location = '@CODE@');

SET @first = NOT EXISTS (SELECT 1 FROM `@CM@`.config_job WHERE `key` = 'lab.users');
INSERT INTO `@CM@`.host_label (host_id, label, score)
SELECT h.id, l.label, l.score FROM `@CM@`.host h JOIN (SELECT 'ssd' AS label, 16777217 AS score UNION ALL SELECT '机房-1', 0.3) AS l WHERE @first;
INSERT INTO `@CM@`.host_label_use (label_id, used_by) SELECT id, 'placement' FROM `@CM@`.host_label WHERE @first;
INSERT INTO `@CM@`.store_task (task, host_id, resource_group_id)
SELECT CONCAT('store of ', h.ip), h.id, h.resource_group_id FROM `@CM@`.host h WHERE @first;
INSERT INTO `@CM@`.host_metric (host_id, metric, reading) SELECT id, 'load', 0.25 FROM `@CM@`.host WHERE @first;
INSERT IGNORE INTO `@CM@`.config_job (`key`, `value`) VALUES ('lab.users', 'written');
