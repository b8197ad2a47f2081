-- The region's rows of location_cm, those that are missing: the plain one, then one per kind of value that copies get wrong.
-- Zero and impossible dates are what an older server's sql_mode let in.

SET SESSION sql_mode = 'ALLOW_INVALID_DATES';

UPDATE `@CM@`.resource_group SET t_date_zero = '0000-00-00', t_date_invalid = '2023-02-31', t_datetime_zero = '0000-00-00 00:00:00',
    t_timestamp_zero = '0000-00-00 00:00:00' WHERE name = '@CODE@' AND t_date_zero IS NULL;

SET @esc = CHAR(27 USING utf8mb4), @nul = CHAR(0 USING utf8mb4);

UPDATE `@RM@`.cluster_info SET n_float = 16777216 WHERE code = '@CODE@' AND n_float = 0.5;
UPDATE `@CM@`.host SET s_utf8mb4 = CONCAT(s_utf8mb4, ' 😀'), s_utf16 = CONCAT(s_utf16, '😀') WHERE s_utf16 = '主机';

INSERT IGNORE INTO `@CM@`.location_cm (location, seq, label, cm_url) VALUES ('@CODE@', 0, '@REGION@', '@CM_URL@');

INSERT IGNORE INTO `@CM@`.location_cm (location, seq, label, cm_url, s_text, b_blob, s_latin1, s_gbk, s_enum, s_set, s_json) VALUES
    ('@CODE@', 1, 'quotes', '@CM_URL@', 'it''s "all" `quoted`; -- and /* more */ #', x'27225C60', 'l''été', '引号''"', 'y''s', 'x,y''s',
        '{"q": "\\"it''s\\""}'),
    ('@CODE@', 2, 'lines', '@CM_URL@', 'a\nb\r\nc\rd\te\\n\\', x'0A0D5C0A', 'a\nb', '行\n行', 'x', '', '["\\n"]'),
    ('@CODE@', 3, 'zero bytes', '@CM_URL@', CONCAT('a', @nul, 'b', @nul), x'000000', 'ÿ', '字', NULL, 'z', 'null'),
    ('@CODE@', 4, 'wide 😀', '@CM_URL@', '😀👩‍💻𠀀', x'F09F9880', 'þ', '镕', '', NULL, '{"😀": "𠀀"}'),
    ('@CODE@', 5, 'terminal', '@CM_URL@', CONCAT(@esc, '[31mred', @esc, '[0m', CHAR(7), CHAR(127), CHAR(8)), x'1B5B324A', NULL, NULL, NULL, NULL,
        NULL),
    ('@CODE@', 6, 'words', '@CM_URL@', 'NULL', 'NULL', 'NULL', '\\N', 'x', 'x,y''s,z', '"NULL"'),
    ('@CODE@', 7, 'empty', '@CM_URL@', '', '', '', '', NULL, '', '""'),
    ('@CODE@', 8, 'long', '@CM_URL@', REPEAT('长''\\', 9000), REPEAT(x'00FF27', 20000), REPEAT('é', 100), REPEAT('中', 100), NULL, NULL,
        CONCAT('["', REPEAT('x', 60000), '"]'));

INSERT IGNORE INTO `@CM@`.location_cm (location, seq, label, cm_url, n_float, n_double, n_decimal, n_big, n_big_u, n_bit, t_date, t_time6,
    t_datetime6, t_timestamp6, t_year, s_uuid, s_inet6) VALUES
    ('@CODE@', 20, 'least', '@CM_URL@', -3.402823466e38, -1.7976931348623157e308, -99999999999999999999999999999999999, -9223372036854775808, 0,
        b'0', '0000-00-00', '-838:59:59.999999', '0000-00-00 00:00:00', '1970-01-01 08:00:01.000001', 0,
        '00000000-0000-0000-0000-000000000000', '::'),
    ('@CODE@', 21, 'greatest', '@CM_URL@', 3.402823466e38, 1.7976931348623157e308, 99999999999999999999999999999999999.999999999999999999999999999999,
        9223372036854775807, 18446744073709551615, b'111111111111', '9999-12-31', '838:59:59.999999', '9999-12-31 23:59:59.999999',
        '2038-01-19 11:14:07.999999', 2155, 'ffffffff-ffff-4fff-bfff-ffffffffffff', 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff'),
    ('@CODE@', 22, 'precise', '@CM_URL@', 16777216, 0.1, 0.000000000000000000000000000001, 9007199254740993, 9007199254740993, b'100000000001',
        '2023-02-31', '00:00:00.000001', '2023-00-00 12:34:56.000001', '2023-07-01 00:00:00.5', 1901, UUID(), '::ffff:10.0.0.1'),
    ('@CODE@', 23, 'small', '@CM_URL@', 1.17549435e-38, 4.9406564584124654e-324, -0.5, -1, 1, b'1', '2000-02-29', '-00:00:00.000001',
        '1000-01-01 00:00:00', NULL, NULL, NULL, NULL);

INSERT IGNORE INTO `@CM@`.location_cm (location, seq, label, cm_url, g_geometry, g_point, g_polygon, g_collection) VALUES
    ('@CODE@', 30, 'places', '@CM_URL@', ST_GeomFromText('LINESTRING(0 0, 1.1 1e-300)', 4326), POINT(120.15507, 30.27408),
        ST_GeomFromText('POLYGON((0 0, 0 9, 9 9, 0 0))'), ST_GeomFromText('GEOMETRYCOLLECTION(POINT(1 1), LINESTRING(2 2, 3 3))'));
