-- 1 contract locking alter breaks=old scan [locking]
ALTER TABLE app.r DETACH PARTITION app.r_1;
ALTER TABLE app.r ATTACH PARTITION app.r_1 FOR VALUES from (-10) to (10);

-- 2 contract safe drop breaks=old
DROP TABLE app.r_3;
