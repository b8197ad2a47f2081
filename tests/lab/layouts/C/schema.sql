-- Tables of the three OMS databases. @RM@, @CM@, @HB@ become the databases' names. Run again, it changes nothing.
-- Invisible columns, FLOAT, a table without a key, triggers that change what is inserted, an event, and tables elsewhere that
-- refer to the four, each in another way.

CREATE TABLE IF NOT EXISTS `@RM@`.cluster_info (
    id BIGINT NOT NULL AUTO_INCREMENT,
    weight FLOAT DEFAULT 0.1,
    region VARCHAR(64) NOT NULL,
    region_cn VARCHAR(64) NOT NULL,
    cm_url VARCHAR(256) NOT NULL,
    code VARCHAR(32) NOT NULL,
    is_default_cm INT NOT NULL DEFAULT 0,
    owner_note VARCHAR(64) INVISIBLE DEFAULT 'not seen by SELECT *',
    PRIMARY KEY (id),
    UNIQUE KEY uk_code (code)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;

CREATE TABLE IF NOT EXISTS `@CM@`.resource_group (
    id BIGINT NOT NULL AUTO_INCREMENT,
    name VARCHAR(64) NOT NULL,
    quota_hidden INT INVISIBLE DEFAULT 7,
    inserted_as VARCHAR(64) DEFAULT NULL,
    PRIMARY KEY (id),
    UNIQUE KEY uk_name (name)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;

CREATE TABLE IF NOT EXISTS `@CM@`.host (
    id BIGINT NOT NULL AUTO_INCREMENT,
    ip VARCHAR(64) NOT NULL,
    host_status VARCHAR(32) NOT NULL DEFAULT 'OFFLINE',
    resource_group_id BIGINT DEFAULT NULL,
    cpu_hidden INT INVISIBLE DEFAULT NULL,
    note VARCHAR(128) DEFAULT NULL,
    token VARCHAR(64) DEFAULT NULL,
    seen_at DATETIME(6) DEFAULT NULL,
    PRIMARY KEY (id),
    UNIQUE KEY uk_ip (ip),
    KEY k_group (resource_group_id),
    CONSTRAINT fk_host_group FOREIGN KEY (resource_group_id) REFERENCES `@CM@`.resource_group (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;

-- No key of any kind, and rows that are equal.
CREATE TABLE IF NOT EXISTS `@CM@`.location_cm (
    location VARCHAR(32) NOT NULL,
    cm_url VARCHAR(256) NOT NULL,
    share FLOAT DEFAULT NULL,
    hidden_note VARCHAR(32) INVISIBLE DEFAULT 'hidden'
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;

-- A plain column and one that is different at every insertion: both are set again when a row comes back.
CREATE TRIGGER IF NOT EXISTS `@CM@`.host_before_insert BEFORE INSERT ON `@CM@`.host
    FOR EACH ROW SET NEW.note = CONCAT('inserted with status ', NEW.host_status), NEW.token = UUID();
CREATE TRIGGER IF NOT EXISTS `@CM@`.resource_group_before_insert BEFORE INSERT ON `@CM@`.resource_group
    FOR EACH ROW SET NEW.inserted_as = CONCAT(USER(), ' ', NEW.name);

CREATE EVENT IF NOT EXISTS `@CM@`.forget_old_hosts ON SCHEDULE EVERY 1 DAY STARTS '2037-01-01 00:00:00'
    DO DELETE FROM `@CM@`.host WHERE host_status = 'RETIRED';

-- Whoever deletes a host deletes these as well, and these of these.
CREATE TABLE IF NOT EXISTS `@CM@`.host_label (
    id BIGINT NOT NULL AUTO_INCREMENT,
    host_id BIGINT NOT NULL,
    label VARCHAR(64) NOT NULL,
    score FLOAT DEFAULT NULL,
    PRIMARY KEY (id),
    CONSTRAINT fk_label_host FOREIGN KEY (host_id) REFERENCES `@CM@`.host (id) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;

CREATE TABLE IF NOT EXISTS `@CM@`.host_label_use (
    label_id BIGINT NOT NULL,
    used_by VARCHAR(64) NOT NULL,
    PRIMARY KEY (label_id, used_by),
    CONSTRAINT fk_use_label FOREIGN KEY (label_id) REFERENCES `@CM@`.host_label (id) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;

-- These stay, and forget where they ran.
CREATE TABLE IF NOT EXISTS `@CM@`.store_task (
    id BIGINT NOT NULL AUTO_INCREMENT,
    task VARCHAR(64) NOT NULL,
    host_id BIGINT DEFAULT NULL,
    resource_group_id BIGINT DEFAULT NULL,
    PRIMARY KEY (id),
    CONSTRAINT fk_task_host FOREIGN KEY (host_id) REFERENCES `@CM@`.host (id) ON DELETE SET NULL,
    CONSTRAINT fk_task_group FOREIGN KEY (resource_group_id) REFERENCES `@CM@`.resource_group (id) ON DELETE SET NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;

-- A host with one of these cannot be deleted.
CREATE TABLE IF NOT EXISTS `@CM@`.host_reservation (
    id BIGINT NOT NULL AUTO_INCREMENT,
    host_id BIGINT NOT NULL,
    reserved_for VARCHAR(64) NOT NULL,
    PRIMARY KEY (id),
    CONSTRAINT fk_reservation_host FOREIGN KEY (host_id) REFERENCES `@CM@`.host (id) ON DELETE RESTRICT
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;

-- Holds ids of hosts too, and no constraint says so.
CREATE TABLE IF NOT EXISTS `@CM@`.host_metric (
    host_id BIGINT NOT NULL,
    metric VARCHAR(32) NOT NULL,
    reading DOUBLE DEFAULT NULL,
    KEY k_host (host_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;

CREATE TABLE IF NOT EXISTS `@CM@`.audit_log (
    id BIGINT NOT NULL AUTO_INCREMENT,
    line VARCHAR(256) NOT NULL,
    PRIMARY KEY (id)
) ENGINE=MyISAM DEFAULT CHARSET=utf8mb4;
