-- The tables that layouts have each in their own form. @RM@, @CM@, @HB@ become the names of the three OMS databases. Run again, it
-- changes nothing.

CREATE TABLE IF NOT EXISTS `@RM@`.cluster_info (
    id BIGINT NOT NULL AUTO_INCREMENT,
    region VARCHAR(64) NOT NULL COMMENT '区域',
    region_cn VARCHAR(64) NOT NULL COMMENT '区域中文名',
    cm_url VARCHAR(256) NOT NULL,
    code VARCHAR(32) NOT NULL,
    is_default_cm INT NOT NULL DEFAULT 0,
    gmt_created DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
    gmt_modified DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
    PRIMARY KEY (id),
    UNIQUE KEY uk_code (code)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;

CREATE TABLE IF NOT EXISTS `@CM@`.resource_group (
    id BIGINT NOT NULL AUTO_INCREMENT,
    name VARCHAR(64) NOT NULL,
    description VARCHAR(256) DEFAULT NULL,
    gmt_created DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
    gmt_modified DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
    PRIMARY KEY (id),
    UNIQUE KEY uk_name (name)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;

CREATE TABLE IF NOT EXISTS `@CM@`.host (
    id BIGINT NOT NULL AUTO_INCREMENT,
    ip VARCHAR(64) NOT NULL,
    host_status VARCHAR(32) NOT NULL DEFAULT 'OFFLINE',
    resource_group_id BIGINT DEFAULT NULL,
    gmt_created DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
    gmt_modified DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
    PRIMARY KEY (id),
    UNIQUE KEY uk_ip (ip)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;

CREATE TABLE IF NOT EXISTS `@CM@`.location_cm (
    id BIGINT NOT NULL AUTO_INCREMENT,
    location VARCHAR(32) NOT NULL,
    location_name VARCHAR(64) NOT NULL,
    cm_url VARCHAR(256) NOT NULL,
    gmt_created DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
    gmt_modified DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
    PRIMARY KEY (id),
    UNIQUE KEY uk_location (location)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;
