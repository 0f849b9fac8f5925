alter table t enable row level security;
create policy p on t for select to case_reader using (n > 0);
comment on policy p on t is 'Old.';
