"""An export as a FHIR R4B Bundle: what a record system in a clinic can take in."""
