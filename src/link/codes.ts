import { isObject, objects, SYSTEM, text } from '../fhir/index.ts';
import { remembered } from './remembered.ts';
import type { Code } from './terms.ts';

/** What systems are called beside their own URI: OIDs, other URLs, names. Compared by {@link foldSystem}. */
const SYSTEM_ALIASES: Readonly<Record<string, readonly string[]>> = {
  [SYSTEM.snomed]: [
    '2.16.840.1.113883.6.96',
    '2.16.840.1.113883.2.1.3.2.4.15',
    'https://snomed.info/id',
    'https://www.snomed.org',
    'snomed ct',
    'snomed-ct',
    'snomedct',
    'sct',
  ],
  [SYSTEM.loinc]: ['2.16.840.1.113883.6.1', 'https://www.loinc.org', 'loinc'],
  [SYSTEM.icd10]: [
    '2.16.840.1.113883.6.3',
    'https://hl7.org/fhir/sid/icd-10-uk',
    'https://hl7.org/fhir/sid/icd-10-gb',
    'https://fhir.hl7.org.uk/id/icd-10',
    'https://www.who.int/classifications/icd10',
    'icd-10',
    'icd10',
  ],
  [SYSTEM.opcs4]: ['https://fhir.nhs.uk/id/opcs-4', 'opcs-4', 'opcs4'],
  [SYSTEM.readV2]: ['2.16.840.1.113883.2.1.6.2', 'https://read.info/readv2'],
  [SYSTEM.nhsNumber]: ['2.16.840.1.113883.2.1.4.1', 'https://fhir.nhs.net/id/nhs-number'],
  [SYSTEM.odsOrganisation]: ['1.2.826.0.1285.0.1.10', 'https://fhir.nhs.net/id/ods-organization-code'],
  [SYSTEM.odsSite]: ['https://fhir.nhs.net/id/ods-site-code'],
  [SYSTEM.sdsUser]: [
    '1.2.826.0.1285.0.2.0.65',
    'https://fhir.nhs.net/id/sds-user-id',
    'https://fhir.nhs.net/sds-user-id',
  ],
  [SYSTEM.sdsRole]: [
    '1.2.826.0.1285.0.2.0.67',
    'https://fhir.nhs.net/id/sds-role-profile-id',
    'https://fhir.nhs.net/sds-role-profile-id',
  ],
  [SYSTEM.gmc]: ['https://fhir.nhs.uk/id/gmc-number'],
};

/** A URI as it is compared: without `urn:oid:`, version and slash at the end, whatever its case, and whether `http` or `https`. */
export const foldSystem = remembered((system) =>
  system
    .trim()
    .toLowerCase()
    .replace(/^urn:oid:/, '')
    .replace(/\|.*$/, '')
    .replace(/\/+$/, '')
    .replace(/^http:/, 'https:'),
);

const KNOWN = new Map([
  ...Object.values(SYSTEM).map((it) => [foldSystem(it), it] as const),
  ...Object.entries(SYSTEM_ALIASES).flatMap(([system, all]) => all.map((it) => [it, system] as const)),
]);

/** A system by the one name that it is known by; an unknown one as it is written, without `urn:oid:` and a slash at the end. */
export const plainSystem = remembered((system): string => {
  const folded = foldSystem(system);
  if (folded.startsWith('https://snomed.info/sct/')) return SYSTEM.snomed;
  return (
    KNOWN.get(folded) ??
    system
      .trim()
      .replace(/^urn:oid:/i, '')
      .replace(/\/+$/, '')
  );
});

/** One way to write a code, by system: classifications have a dot after three signs, Read codes at least five signs. */
const CODE_FORMS: Readonly<Record<string, (code: string) => string>> = {
  [SYSTEM.icd10]: (code) => dotted(code.replace(/[+*†D]$/i, '')),
  [SYSTEM.opcs4]: (code) => dotted(code),
  [SYSTEM.readV2]: (code) => (/^[\w.]+$/.test(code) ? code.padEnd(5, '.') : code),
};
const dotted = (code: string): string =>
  code
    .toUpperCase()
    .replace(/[\s.]/g, '')
    .replace(/^([A-Z]\d\d)(?=.)/, '$1.');

/** A code in the one form of its system. */
export const plainCode = (system: string, code: string): string => {
  const trimmed = code.trim();
  return CODE_FORMS[system]?.(trimmed) ?? trimmed;
};

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
    if (system === undefined || code === undefined || code.trim() === '') return [];
    const plain = plainSystem(system);
    const told = { system: plain, code: plainCode(plain, code), display: text(it['display']) };
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
export const textOf = (concept: unknown): string | undefined => {
  const told = isObject(concept) ? text(concept['text']) : undefined;
  return told?.trim() === '' ? undefined : told;
};
