create schema ev_sample;
create table ev_sample.t (id int primary key, a text not null default 'x');
--- virtual; from 18
create table ev_sample.v (a int, b int generated always as (a + 1) virtual);
