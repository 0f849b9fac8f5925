insert into app.t values (1);
insert into billing.invoices values (1, 1);
