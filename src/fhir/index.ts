/** The FHIR leaf: types, canonicals and pure helpers that adapters and mappings may use. */
export * from './types.ts';
export * from './canonicals.ts';
export * from './dates.ts';
export { EXTENSIONS, type ExtensionName, type ExtensionRow, ourExtension } from './extensions.ts';
export * from './nhs-number.ts';
export * from './outcome.ts';
export * from './json.ts';
export { scanBundle, type ScannedBundle, type ScannedResource } from './bundle-scan.ts';
export { contentId } from './sealed-id.ts';
export { asLocalId, isFhirId, setAside } from './local.ts';
export { elementsOf, isResourceType, patientElement, RESOURCE_TYPES } from './definitions/index.ts';
export { conform } from './conform.ts';
export type { Dialect, Finding, FindingCode, Hook, Note, Report } from './dialect.ts';
export { isKnownExtension, keepExtension } from './known-extensions.ts';
export { remembered } from './remembered.ts';
export { isBlank, sourceText, sourceValues } from './source-value.ts';
export { findingIssue, type RecordFinding } from './finding.ts';
