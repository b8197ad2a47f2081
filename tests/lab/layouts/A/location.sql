-- The region's location, when it is missing.

INSERT INTO `@CM@`.location_cm (location, location_name, cm_url)
SELECT '@CODE@', '@REGION@', '@CM_URL@' FROM DUAL
WHERE NOT EXISTS (SELECT 1 FROM `@CM@`.location_cm WHERE location = '@CODE@');
