alter table t enable row level security;
alter table t force row level security;
create policy p on t for select to case_reader using (n > 1);
comment on policy p on t is 'New.';
create policy q on t as restrictive for all to public using (n < 100) with check (n < 50);
