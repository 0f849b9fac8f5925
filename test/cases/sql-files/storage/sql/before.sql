create materialized view m using heap with (fillfactor = 70, toast.autovacuum_enabled = off) as select id, a from t with no data;
create statistics st (mcv) on a, lower(a), (b + 1) from t;
create unlogged sequence s increment 5;
create index t_x on t (a) with (fillfactor = 60) tablespace case_tablespace where b > 1;
