-- A business key given by hand is its unit's own; one that a definition computes stays unique in the
-- whole definition, which the engine checks before it starts anything.

DROP INDEX instances_business_key;
CREATE UNIQUE INDEX instances_business_key ON instances (definition, business_key, unit)
  WHERE business_key IS NOT NULL;
