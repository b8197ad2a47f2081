-- Tables of the three OMS databases. @RM@, @CM@, @HB@ become the databases' names. Run again, it changes nothing.
-- Another order of columns than elsewhere, and between them columns of every type: numbers in cluster_info, times in
-- resource_group, strings in host, all of them in location_cm. FLOAT only where nothing is written by UPDATE on its own:
-- the lab sets it once more after a dump is loaded (dumps hold six digits of it). No DEFAULT has such a number or a
-- character of four bytes: SHOW CREATE TABLE, and so every dump, has six digits of the one and a question mark for the other.

CREATE TABLE IF NOT EXISTS `@RM@`.cluster_info (
    code VARCHAR(32) NOT NULL,
    n_bool BOOL DEFAULT TRUE,
    is_default_cm INT NOT NULL DEFAULT 0,
    n_tiny TINYINT DEFAULT -128,
    n_tiny_u TINYINT UNSIGNED DEFAULT 255,
    n_small SMALLINT DEFAULT -32768,
    n_small_u SMALLINT UNSIGNED DEFAULT 65535,
    n_medium MEDIUMINT DEFAULT -8388608,
    n_medium_u MEDIUMINT UNSIGNED DEFAULT 16777215,
    n_int INT DEFAULT -2147483648,
    n_int_u INT UNSIGNED DEFAULT 4294967295,
    n_zerofill INT(10) UNSIGNED ZEROFILL DEFAULT 42,
    n_big BIGINT DEFAULT -9223372036854775808,
    n_big_u BIGINT UNSIGNED DEFAULT 18446744073709551615,
    cm_url VARCHAR(256) NOT NULL,
    n_decimal DECIMAL(65, 30) DEFAULT -12345678901234567890123456789012345.012345678901234567890123456789,
    n_decimal_u DECIMAL(10, 2) UNSIGNED DEFAULT 99999999.99,
    n_float FLOAT DEFAULT 0.5,
    n_float_p FLOAT(9, 4) DEFAULT 12345.6789,
    n_double DOUBLE DEFAULT 2.2250738585072014e-308,
    n_double_u DOUBLE UNSIGNED DEFAULT 0.1,
    n_bit1 BIT(1) DEFAULT b'1',
    n_bit64 BIT(64) DEFAULT b'1000000000000000000000000000000000000000000000000000000000000001',
    n_virtual BIGINT GENERATED ALWAYS AS (n_int + 1) VIRTUAL,
    region_cn VARCHAR(64) NOT NULL COMMENT '区域中文名',
    n_stored VARCHAR(300) GENERATED ALWAYS AS (CONCAT(code, '@', cm_url)) STORED,
    region VARCHAR(64) NOT NULL COMMENT 'it''s the "region"; \\ 区域',
    gmt_modified DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
    id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
    PRIMARY KEY (id),
    UNIQUE KEY uk_code (code)
) ENGINE=InnoDB AUTO_INCREMENT=9007199254740993 DEFAULT CHARSET=utf8mb4;

CREATE TABLE IF NOT EXISTS `@CM@`.resource_group (
    t_date DATE DEFAULT '9999-12-31',
    name VARCHAR(64) CHARACTER SET latin1 COLLATE latin1_bin NOT NULL,
    t_date_zero DATE DEFAULT NULL,
    t_date_invalid DATE DEFAULT NULL,
    t_time TIME DEFAULT '-838:59:59',
    t_time6 TIME(6) DEFAULT '838:59:58.999999',
    t_datetime DATETIME DEFAULT '1000-01-01 00:00:00',
    t_datetime6 DATETIME(6) DEFAULT '9999-12-31 23:59:59.999999',
    t_datetime_zero DATETIME DEFAULT NULL,
    t_timestamp TIMESTAMP NULL DEFAULT '1970-01-01 08:00:01',
    t_timestamp6 TIMESTAMP(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6),
    t_timestamp_zero TIMESTAMP NULL DEFAULT NULL,
    t_year YEAR DEFAULT 2155,
    t_year_zero YEAR DEFAULT '0000',
    t_virtual INT GENERATED ALWAYS AS (YEAR(t_datetime)) VIRTUAL,
    t_stored DATE GENERATED ALWAYS AS (CAST(t_datetime AS DATE)) STORED,
    id BIGINT NOT NULL AUTO_INCREMENT,
    PRIMARY KEY (id),
    UNIQUE KEY uk_name (name)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;

CREATE TABLE IF NOT EXISTS `@CM@`.host (
    seen_at DATETIME(6) DEFAULT NULL,
    resource_group_id BIGINT DEFAULT NULL,
    s_char CHAR(12) DEFAULT 'ends  in   ',
    s_utf8mb4 VARCHAR(200) CHARACTER SET utf8mb4 DEFAULT 'it''s "quoted" \\ 中文',
    s_latin1 VARCHAR(200) CHARACTER SET latin1 DEFAULT 'Größe in €',
    s_gbk VARCHAR(200) CHARACTER SET gbk DEFAULT '中文字符',
    s_utf16 VARCHAR(50) CHARACTER SET utf16 DEFAULT '主机',
    host_status VARCHAR(32) NOT NULL DEFAULT 'OFFLINE',
    s_bin VARCHAR(50) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin DEFAULT 'NULL',
    b_binary BINARY(8) DEFAULT x'00FF000000000000',
    b_varbinary VARBINARY(64) DEFAULT x'00010D0A1A5C2722',
    b_tinyblob TINYBLOB DEFAULT x'00',
    b_blob BLOB DEFAULT x'DEADBEEF00',
    b_mediumblob MEDIUMBLOB DEFAULT NULL,
    b_longblob LONGBLOB DEFAULT NULL,
    s_tinytext TINYTEXT DEFAULT '',
    s_text TEXT DEFAULT 'first line\nsecond line\r\n\ttab',
    s_mediumtext MEDIUMTEXT CHARACTER SET gbk DEFAULT NULL,
    s_longtext LONGTEXT DEFAULT NULL,
    s_enum ENUM('', 'it''s', '"double"', 'back\\slash', '中文') DEFAULT 'it''s',
    s_set SET('a', 'b''s', 'c"d', '中') DEFAULT 'a,中',
    `select` VARCHAR(20) DEFAULT 'a reserved word',
    `tick``and space` VARCHAR(20) DEFAULT 'a name''s ticks',
    `备注 "note"` VARCHAR(64) DEFAULT '%s {} ${HOME} $(id)',
    ip VARCHAR(64) NOT NULL,
    s_json JSON DEFAULT '{"a": [1, "it''s", null], "路径": "c:\\\\x"}',
    s_uuid UUID DEFAULT '123e4567-e89b-12d3-a456-426655440000',
    s_inet4 INET4 DEFAULT '255.0.0.1',
    s_inet6 INET6 DEFAULT '2001:db8::ff00:42:8329',
    s_virtual VARCHAR(100) GENERATED ALWAYS AS (CONCAT(ip, '/', s_bin)) VIRTUAL,
    s_stored VARCHAR(100) GENERATED ALWAYS AS (UPPER(s_bin)) STORED,
    id BIGINT NOT NULL AUTO_INCREMENT,
    gmt_created DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
    PRIMARY KEY (id),
    UNIQUE KEY uk_ip (ip)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;

-- A region has several rows here; their key is made of two columns.
CREATE TABLE IF NOT EXISTS `@CM@`.location_cm (
    s_text TEXT,
    b_blob BLOB,
    n_float FLOAT,
    n_double DOUBLE,
    n_decimal DECIMAL(65, 30),
    n_big BIGINT,
    n_big_u BIGINT UNSIGNED,
    n_bit BIT(12),
    t_date DATE,
    t_time6 TIME(6),
    t_datetime6 DATETIME(6),
    t_timestamp6 TIMESTAMP(6) NULL,
    t_year YEAR,
    location VARCHAR(32) NOT NULL,
    s_latin1 VARCHAR(100) CHARACTER SET latin1,
    s_gbk VARCHAR(100) CHARACTER SET gbk,
    s_enum ENUM('x', 'y''s'),
    s_set SET('x', 'y''s', 'z'),
    s_json JSON,
    s_uuid UUID,
    s_inet6 INET6,
    g_geometry GEOMETRY,
    g_point POINT,
    g_polygon POLYGON,
    g_collection GEOMETRYCOLLECTION,
    cm_url VARCHAR(256) NOT NULL,
    seq INT NOT NULL,
    label VARCHAR(64) NOT NULL,
    n_virtual INT GENERATED ALWAYS AS (seq * 2) VIRTUAL,
    s_stored VARCHAR(40) GENERATED ALWAYS AS (CONCAT(location, '-', seq)) STORED,
    PRIMARY KEY (location, seq)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;

CREATE TABLE IF NOT EXISTS `@RM@`.oms_normal_config (
    cfg_value TEXT,
    cfg_name VARCHAR(128) NOT NULL,
    id BIGINT NOT NULL AUTO_INCREMENT,
    PRIMARY KEY (id),
    UNIQUE KEY uk_cfg_name (cfg_name)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;

CREATE TABLE IF NOT EXISTS `@RM@`.oms_project (
    project_status VARCHAR(32) NOT NULL,
    project_name VARCHAR(128) NOT NULL,
    id BIGINT NOT NULL AUTO_INCREMENT,
    PRIMARY KEY (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;

CREATE TABLE IF NOT EXISTS `@CM@`.config_job (
    `value` VARCHAR(1024) DEFAULT NULL,
    `key` VARCHAR(128) NOT NULL,
    id BIGINT NOT NULL AUTO_INCREMENT,
    PRIMARY KEY (id),
    UNIQUE KEY uk_key (`key`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;

CREATE TABLE IF NOT EXISTS `@HB@`.heart_beat (
    gmt_modified DATETIME NOT NULL,
    gmt_created DATETIME NOT NULL,
    host_ip VARCHAR(64) NOT NULL,
    task_type VARCHAR(64) NOT NULL,
    task_name VARCHAR(128) NOT NULL,
    id BIGINT NOT NULL AUTO_INCREMENT,
    PRIMARY KEY (id),
    UNIQUE KEY uk_task_host (task_name, host_ip)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;
