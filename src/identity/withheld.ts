/**
 * What is withheld of a person whose whereabouts are restricted, or not known to be open: PDS withholds the same of its own.
 * Free text of clinicians is not read: see docs/decisions.
 */

/** The types that say where people are. Their resources are withheld whole, and references to them masked. */
export const PLACES: ReadonlySet<string> = new Set([
  'Endpoint',
  'HealthcareService',
  'Location',
  'Organization',
  'OrganizationAffiliation',
  'RelatedPerson',
]);

/** Data types whose values are withheld wherever they stand. */
export const WITHHELD_TYPES: ReadonlySet<string> = new Set([
  'Address',
  'Attachment',
  'ContactDetail',
  'ContactPoint',
  'Narrative',
]);

/** Elements that are withheld whole, whatever their type. */
export const WITHHELD_ELEMENTS: ReadonlySet<string> = new Set([
  'Identifier.assigner',
  'Patient.contact',
  'Patient.generalPractitioner',
  'Patient.managingOrganization',
  'Encounter.location',
  'EpisodeOfCare.managingOrganization',
  'ServiceRequest.locationCode',
  'Device.url',
]);

/**
 * Extensions that are withheld, by the last part of their names: of places, pharmacies and contacts, and values without a
 * place in FHIR, since nobody knows what they say.
 */
export const WITHHELD_EXTENSIONS =
  /(birthPlace|pharmacy|dispenser|supplier|organi[sz]ation|location|contact|address|relatedPerson|registration|branchSurgery|source-value)[^/]*$/i;
