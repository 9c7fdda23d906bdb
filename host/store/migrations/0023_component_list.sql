-- All that a list of components shows. The bytes lie between its columns in the
-- table: without this index they are read to reach the columns behind them.
CREATE INDEX components_by_time ON components (pushed_at, digest, name, version, pushed_by, department);
