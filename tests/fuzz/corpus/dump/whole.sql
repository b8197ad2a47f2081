-- omsctl text {"bytes":446}
SET NAMES utf8mb4;
DROP TABLE IF EXISTS `host`;
CREATE TABLE `host` (
  `id` bigint(20) NOT NULL AUTO_INCREMENT,
  `group` bigint(20) DEFAULT NULL,
  `note` varchar(64) DEFAULT 'a;''b' COMMENT 'x`y',
  PRIMARY KEY (`id`),
  CONSTRAINT `c` FOREIGN KEY (`group`) REFERENCES `oms_rm`.`resource_group` (`id`) ON DELETE CASCADE,
  CONSTRAINT `d` FOREIGN KEY (`note`) REFERENCES `other` (`id`)
) ENGINE=InnoDB AUTO_INCREMENT=7 DEFAULT CHARSET=utf8mb4;
-- omsctl rows {"columns":[{"charset":"","encoding":0,"generated":false,"name":"id","type":"int(11)"},{"charset":"utf8mb4","encoding":4,"generated":false,"name":"ip","type":"varchar(64)"},{"charset":"","encoding":0,"generated":true,"name":"twice","type":"int(11)"}],"database":"oms_cm","table":"host","where":"1","auto_increment":7}
INSERT INTO `host` (`id`,`ip`) VALUES
(1,_utf8mb4 0x61) /*2*/,
(2,NULL) /*NULL*/;
-- omsctl rows end {"rows":2}
-- omsctl text {"bytes":150}
DELIMITER ;;
CREATE TRIGGER `t` BEFORE INSERT ON `host` FOR EACH ROW BEGIN SET @a = 1; /* ; */ SET @b = "#"; END;;
DELIMITER ;
-- done
# too
SELECT 1
-- omsctl rows {"columns":[{"charset":"","encoding":2,"generated":false,"name":"a","type":"bit(4)"}],"database":"oms_cm","table":"empty","where":"1","emptied":["a"]}
-- omsctl rows end {"rows":0}
-- omsctl end
