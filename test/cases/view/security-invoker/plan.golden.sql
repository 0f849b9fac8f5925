-- 1 expand safe alter access=narrows
ALTER VIEW app.a SET (security_invoker = true);

-- 2 expand safe alter access=widens [widen]
CREATE OR REPLACE VIEW app.b WITH (security_barrier = true) AS
select id from app.t where id > 0;
