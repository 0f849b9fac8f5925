create materialized view m tablespace case_tablespace as select id, a from t;
create statistics st on a, lower(a), (b + 1) from t;
create sequence s increment 5;
create index t_x on t (a) with (fillfactor = '70') tablespace pg_default where b > 1;
