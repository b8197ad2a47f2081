-- omsctl text {"bytes":446}
SET NAMES utf8mb4;
DROP TABLE IF EXISTS `host`;
CREATE TABLE `host` (
  `id` bigint(20) NOT NULL AUTO_INCREMENT,
  `group` bigint(20) DEFAULT NULL,
  `note` varchar(64) DEFAULT 'a;''b' COMMENT 'x`y',
  PRIMARY KEY (`id`),
  CONSTRAINT `c` FOREIGN KEY (`group`) REFERENCES `oms_rm`.`resource_group` (`id`) ON DELETE CASCADE,
  CONSTRAINT `d` FOREIGN KEY (`note`) REFERENCE