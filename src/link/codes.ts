import { isObject, objects, SYSTEM, text } from '../fhir/index.ts';
import { remembered } from './remembered.ts';
import type { Code } from './terms.ts';

/** One name for each code system, whatever it is called by: `urn:oid:` forms, old URLs. */
const SYSTEM_ALIASES: Readonly<Record<string, string>> = {
  '2.16.840.1.113883.6.96': SYSTEM.snomed,
  'https://snomed.info/sct': SYSTEM.snomed,
  'http://snomed.info/id': SYSTEM.snomed,
  'snomed ct': SYSTEM.snomed,
  '2.16.840.1.113883.6.1': 'http://loinc.org',
  'https://loinc.org': 'http://loinc.org',
  '2.16.840.1.113883.6.3': SYSTEM.icd10,
  'https://hl7.org/fhir/sid/icd-10': SYSTEM.icd10,
  'http://hl7.org/fhir/sid/icd-10-uk': SYSTEM.icd10,
  'https://fhir.hl7.org.uk/id/icd-10': SYSTEM.icd10,
  'https://fhir.nhs.uk/id/opcs-4': SYSTEM.opcs4,
  'http://fhir.hl7.org.uk/id/opcs-4': SYSTEM.opcs4,
  'http://dmd.nhs.uk': SYSTEM.dmd,
  'https://dmd.nhs.uk': SYSTEM.dmd,
  'http://read.info/ctv3': SYSTEM.ctv3,
};

/** A system's URI in comparable form: aliases resolved, `urn:oid:` and a slash at the end left off. */
export const plainSystem = remembered((system) => {
  const bare = system
    .trim()
    .replace(/^urn:oid:/i, '')
    .replace(/\/+$/, '');
  return SYSTEM_ALIASES[bare.toLowerCase()] ?? bare;
});

/**
 * Codes that say nothing of their own: what was degraded in transfer, unknown, the heads of groups. Never part of a key.
 * By identifier; the words are ours.
 */
const EMPTY_CODES: ReadonlySet<string> = new Set([
  '196461000000101', // drug allergy, degraded in transfer
  '196471000000108', // other allergy, degraded in transfer
  '196421000000109', // medication, degraded in transfer
  '196411000000103', // record entry, degraded in transfer
  '721981007', // report of diagnostic studies
  '419076005', // allergic reaction, of what it does not say
  '609328004', // allergic disposition
  '418634005', // allergic reaction to a substance
  '281647001', // adverse reaction
  '1631000175102', // test group
]);

/** A display that tells a degraded or empty code whose id is not in the list. */
const EMPTY_DISPLAY =
  /\b(transfer[- ]degraded|degraded (drug|medication|record|entry)|not known|unknown)\b|^\s*test group/i;

const DEGRADED: ReadonlySet<string> = new Set([
  '196461000000101',
  '196471000000108',
  '196421000000109',
  '196411000000103',
]);

/** True for a concept whose code was lost in a transfer between systems. */
export const isDegraded = (concept: unknown): boolean =>
  isObject(concept) && objects(concept['coding']).some((it) => DEGRADED.has(String(it['code'])));

/** Codes for nothing known, and what they say is not known. By identifier; the scope is ours. */
export const NIL_KNOWN: Readonly<Record<string, string>> = {
  '716186003': 'any',
  '409137002': 'medication',
  '428607008': 'environment',
  '429625007': 'food',
  '428197003': 'environment',
  '787442003': 'environment',
};

/** The codings of a concept that tell something, systems in comparable form, each once. */
export const codesOf = (concept: unknown): readonly Code[] => {
  if (!isObject(concept)) return [];
  const seen = new Set<string>();
  return objects(concept['coding']).flatMap((it) => {
    const [system, code] = [text(it['system']), text(it['code'])];
    if (system === undefined || code === undefined) return [];
    const told = { system: plainSystem(system), code: code.trim(), display: text(it['display']) };
    const key = `${told.system}|${told.code}`;
    if (seen.has(key) || !tells(told)) return [];
    seen.add(key);
    return [told];
  });
};

const tells = ({ system, code, display = '' }: Code): boolean =>
  !(system === SYSTEM.snomed && EMPTY_CODES.has(code)) &&
  !/v3-NullFlavor$/i.test(system) &&
  system !== SYSTEM.dataAbsentReason &&
  !EMPTY_DISPLAY.test(display);

/** What a concept's codes say is not known; undefined for one that says no such thing. */
export const nilScope = (codes: readonly Code[]): string | undefined =>
  codes.flatMap(({ system, code }) => (system === SYSTEM.snomed ? (NIL_KNOWN[code] ?? []) : []))[0];

/** A concept's own text. */
export const textOf = (concept: unknown): string | undefined => (isObject(concept) ? text(concept['text']) : undefined);
