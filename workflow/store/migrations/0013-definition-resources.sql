-- Documents that a published version names by address, as they were when it was published: schemas,
-- functions, API descriptions. A version never changes, so neither do they.
CREATE TABLE definition_resources (
  definition TEXT NOT NULL,
  version    TEXT NOT NULL,
  uri        TEXT NOT NULL,
  document   TEXT NOT NULL,
  sha256     TEXT NOT NULL,
  PRIMARY KEY (definition, version, uri)
) STRICT, WITHOUT ROWID;
