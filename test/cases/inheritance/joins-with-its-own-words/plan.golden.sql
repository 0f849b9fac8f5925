-- 1 expand safe create
CREATE TABLE app.second (
  more text DEFAULT 'more'
);

-- 1 expand safe create
ALTER TABLE app.typed ADD COLUMN b text DEFAULT 'b' NOT NULL;

-- 1 expand safe create
ALTER TABLE app.typed ADD COLUMN c integer;

-- 1 expand safe alter
ALTER TABLE app.typed OF app.pair;

-- 2 expand safe alter
ALTER TABLE app."some" ALTER COLUMN note SET DEFAULT 'r';

-- 3 expand safe create
ALTER TABLE app.r ADD COLUMN late integer DEFAULT 5;

-- 4 expand safe create
ALTER TABLE app."none" ADD COLUMN id integer;

-- 4 expand safe create
ALTER TABLE app."none" ADD COLUMN note text;

-- 4 expand safe create
ALTER TABLE app."none" ADD COLUMN plus integer DEFAULT 9;

-- 4 expand safe create
ALTER TABLE app."none" ADD COLUMN late integer DEFAULT 5;

-- 4 expand safe alter
ALTER TABLE app."none" ADD CONSTRAINT r_note CHECK (note <> '');

-- 4 expand safe alter
ALTER TABLE app."none" INHERIT app.r;

-- 5 expand safe create
ALTER TABLE app."some" ADD COLUMN id integer;

-- 5 expand safe create
ALTER TABLE app."some" ADD COLUMN plus integer DEFAULT 9;

-- 5 expand safe create
ALTER TABLE app."some" ADD COLUMN late integer DEFAULT 5;

-- 5 expand safe alter
ALTER TABLE app."some" ADD CONSTRAINT r_note CHECK (note <> '');

-- 5 expand safe alter
ALTER TABLE app."some" INHERIT app.r;

-- 6 expand safe create
ALTER TABLE app.keeps ADD COLUMN more text DEFAULT 'own';

-- 6 expand safe alter
ALTER TABLE app.keeps INHERIT app.second;

-- 6 expand safe alter
ALTER TABLE app."some" ALTER COLUMN plus SET STATISTICS 50;

-- 6 expand safe alter
ALTER TABLE app.typed ALTER COLUMN b SET STATISTICS 20;
