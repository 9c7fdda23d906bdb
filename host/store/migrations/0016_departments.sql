-- The department of a component, which is in its manifest. For components that
-- are here already it is that of whoever signed them, which was the same; of one
-- that nobody signed it stays unknown until it is pushed again, and no vendor
-- sees it.
ALTER TABLE components ADD COLUMN department TEXT;
UPDATE components SET department = (
    SELECT min(signers.department) FROM component_signatures JOIN signers ON signers.id = signer
    WHERE component_signatures.digest = components.digest);
ALTER TABLE releases ADD COLUMN department TEXT;
UPDATE releases SET department = (SELECT department FROM components WHERE components.digest = releases.digest);

-- A vendor's key is for departments. Which ones those that are here already were
-- meant for is not known, so they are for none: make others in their place.
UPDATE api_keys SET departments = '[]' WHERE role = 'vendor';
