-- 1 contract safe drop breaks=old
DROP ROLE case_gone;
