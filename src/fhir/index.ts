/** The FHIR leaf: types, canonicals and pure helpers that adapters and mappings may use. */
export * from './types.ts';
export * from './canonicals.ts';
export * from './dates.ts';
export { EXTENSIONS, type ExtensionName, type ExtensionRow, ourExtension } from './extensions.ts';
export * from './nhs-number.ts';
export * from './outcome.ts';
export * from './json.ts';
export { contentId } from './sealed-id.ts';
export { elementsOf, isResourceType, patientElement } from './definitions/index.ts';
export { conform, type Dialect, type Finding, type FindingCode, type Report } from './conform.ts';
export { findingIssue, type RecordFinding } from './finding.ts';
