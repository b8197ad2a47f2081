-- The other tables of the three OMS databases, made after those of the layout: a table that the layout has in its own form stays so.

CREATE TABLE IF NOT EXISTS `@RM@`.oms_version (
    version VARCHAR(64) NOT NULL,
    gmt_modified TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
    PRIMARY KEY (version)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;

CREATE TABLE IF NOT EXISTS `@RM@`.oms_normal_config (
    id BIGINT NOT NULL AUTO_INCREMENT,
    cfg_name VARCHAR(128) NOT NULL,
    cfg_value TEXT,
    gmt_created DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
    gmt_modified DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
    PRIMARY KEY (id),
    UNIQUE KEY uk_cfg_name (cfg_name)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;

CREATE TABLE IF NOT EXISTS `@RM@`.oms_project (
    id BIGINT NOT NULL AUTO_INCREMENT,
    project_name VARCHAR(128) NOT NULL,
    project_status VARCHAR(32) NOT NULL,
    gmt_created DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
    gmt_modified DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
    PRIMARY KEY (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;

CREATE TABLE IF NOT EXISTS `@RM@`.oms_sync_project LIKE `@RM@`.oms_project;

CREATE TABLE IF NOT EXISTS `@CM@`.config_job (
    id BIGINT NOT NULL AUTO_INCREMENT,
    `key` VARCHAR(128) NOT NULL,
    `value` VARCHAR(1024) DEFAULT NULL,
    gmt_created DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
    gmt_modified DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
    PRIMARY KEY (id),
    UNIQUE KEY uk_key (`key`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;

CREATE TABLE IF NOT EXISTS `@HB@`.heart_beat (
    id BIGINT NOT NULL AUTO_INCREMENT,
    task_name VARCHAR(128) NOT NULL,
    task_type VARCHAR(64) NOT NULL,
    host_ip VARCHAR(64) NOT NULL,
    gmt_created DATETIME NOT NULL,
    gmt_modified DATETIME NOT NULL,
    PRIMARY KEY (id),
    UNIQUE KEY uk_task_host (task_name, host_ip)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;

CREATE TABLE IF NOT EXISTS `@HB@`.heatbeat_sequence (
    id BIGINT(20) NOT NULL AUTO_INCREMENT,
    gmt_created DATETIME NOT NULL,
    gmt_modified DATETIME NOT NULL,
    PRIMARY KEY (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8;
