-- 1 contract safe alter breaks=old
ALTER TYPE app.point2 ADD ATTRIBUTE z integer;
