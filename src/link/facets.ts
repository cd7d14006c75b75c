import { extensionOf, isObject, type Json, objects, text, ukCoreExtension } from '../fhir/index.ts';
import { codesOf, textOf } from './codes.ts';
import { type Concept, conceptOf, type Naming, preferred } from './concept.ts';
import { firstCode, type Identifier, identifiersOf, odsOf, readIdentifier } from './identifiers.ts';
import { type Dose, doseOf, type Product, productOf } from './medicine.ts';
import { componentValues, type Value, valueOf } from './quantity.ts';
import { byText, type LinkRecord, recordKey } from './record.ts';
import { NOWHERE, type Site, siteOf, withoutSide } from './site.ts';
import { type Stance, stanceOf } from './stance.ts';
import type { Terms } from './terms.ts';
import {
  ALLERGY_WORDS,
  BRANDS,
  CONDITION_WORDS,
  FILLER,
  LAB_WORDS,
  MEDICINE_WORDS,
  PROCEDURE_WORDS,
} from './vocabulary.ts';
import { dosesIn, vaccineOf } from './vaccine.ts';
import { isDated, whenIn, whenOf, type When } from './when.ts';

/** One record in comparable form, computed from it and what it refers to alone. Output never shows any of it. */
export interface Facets {
  readonly record: LinkRecord;
  readonly key: string;
  readonly family: Family;
  readonly stance: Stance;
  readonly identifiers: readonly Identifier[];
  readonly concept: Concept;
  readonly site: Site;
  /** When the fact was: onset, given, performed, taken, authored. */
  readonly when: When | undefined;
  /** When it was recorded: stands in for an onset that is not told, never in a key. */
  readonly noted?: When | undefined;
  readonly value?: Value | undefined;
  readonly parts?: readonly Value[] | undefined;
  /** A laboratory's number of a specimen, with the laboratory. */
  readonly accession?: string | undefined;
  readonly ods?: string | undefined;
  readonly issued?: When | undefined;
  readonly results?: readonly Value[] | undefined;
  readonly antigens?: readonly string[] | undefined;
  readonly doseNumber?: number | undefined;
  readonly lot?: string | undefined;
  readonly procedure?: string | undefined;
  readonly product?: Product | undefined;
  readonly dose?: Dose | undefined;
  readonly dosage?: string | undefined;
  /** True where the medicine was prescribed elsewhere and is only noted here. */
  readonly copied?: boolean | undefined;
  readonly hash?: string | undefined;
  readonly class?: string | undefined;
}

/** Types that may state one fact. */
export type Family = string;

const FAMILY: Readonly<Record<string, Family>> = { MedicationRequest: 'Medicine', MedicationStatement: 'Medicine' };

/** The family of a type: its own, but for the two that tell of medicines. */
export const familyOf = (type: string): Family => FAMILY[type] ?? type;

const side = (told: string): string => withoutSide(told);
const NAMING = {
  allergy: { phrases: { ...MEDICINE_WORDS, ...BRANDS, ...ALLERGY_WORDS }, filler: FILLER.allergy, agents: true },
  condition: { phrases: CONDITION_WORDS, filler: FILLER.condition, without: side },
  procedure: { phrases: PROCEDURE_WORDS, filler: FILLER.procedure, without: side },
  lab: { phrases: LAB_WORDS, filler: FILLER.lab },
  any: { phrases: {}, filler: [] },
} as const satisfies Readonly<Record<string, Naming>>;

type Draft = Omit<Facets, 'record' | 'key' | 'family' | 'stance' | 'identifiers'>;
type Reader = (record: LinkRecord, terms: Terms) => Draft;

/** Reads a record. */
export const facetsOf = (record: LinkRecord, terms: Terms): Facets => {
  const read = READERS[record.type] ?? READERS['other'];
  const draft = (read as Reader)(record, terms);
  const stance = draft.concept.nil === undefined ? stanceOf(record.resource, draft.concept.texts) : nilStance(record);
  return {
    record,
    key: recordKey(record),
    family: familyOf(record.type),
    stance,
    identifiers: identifiersOf(record),
    ...draft,
  };
};

const nilStance = ({ resource }: LinkRecord): Stance => {
  const stance = stanceOf(resource, []);
  return stance === 'asserted' ? 'negated' : stance;
};

const allergy: Reader = ({ resource }, terms) => {
  const substances = objects(resource['reaction']).flatMap((it) => objects(it['substance']));
  const agent = codesOf(resource['code']).length === 0 && textOf(resource['code']) === undefined ? substances : [];
  return {
    concept: conceptOf([resource['code'], ...agent], NAMING.allergy, terms),
    site: NOWHERE,
    when: whenIn(resource, 'onset') ?? whenOf(resource['recordedDate']),
  };
};

const condition: Reader = ({ resource }, terms) => {
  const concept = conceptOf([resource['code']], NAMING.condition, terms);
  return {
    concept,
    site: siteOf(resource['bodySite'], concept.texts),
    when: whenIn(resource, 'onset'),
    noted: isDated(resource, 'onset') ? undefined : whenOf(resource['recordedDate']),
  };
};

const procedure: Reader = ({ resource }, terms) => {
  const concept = conceptOf([resource['code']], NAMING.procedure, terms);
  return {
    concept,
    site: siteOf(resource['bodySite'], concept.texts),
    when: whenIn(resource, 'performed'),
  };
};

const medicine: Reader = (record, terms) => {
  const { resource, follow } = record;
  const medication = isObject(resource['medicationReference']) ? follow(resource['medicationReference']) : undefined;
  const told =
    resource['medicationCodeableConcept'] ?? medication?.['code'] ?? displayed(resource['medicationReference']);
  const concept = conceptOf([told], NAMING.any, terms);
  const dosage = objects(resource['dosageInstruction'] ?? resource['dosage']).flatMap((it) => text(it['text']) ?? []);
  return {
    concept,
    site: NOWHERE,
    when: whenOf(resource['authoredOn']) ?? whenIn(resource, 'effective') ?? whenOf(resource['dateAsserted']),
    product: medicineProduct(told, terms),
    dosage: dosage.join('; ').toLowerCase().trim() || undefined,
    dose: dosage[0] === undefined ? undefined : doseOf(dosage[0]),
    ods: odsOf(resource['requester'] ?? resource['informationSource'] ?? resource['reportedReference'], follow),
    copied: isCopied(resource),
  };
};

const displayed = (reference: unknown): Json | undefined => {
  const display = isObject(reference) ? text(reference['display']) : undefined;
  return display === undefined ? undefined : { text: display };
};

/** Of several names the one that tells a strength says most; the widest of a hierarchy names the ingredient. */
const medicineProduct = (told: unknown, terms: Terms): Product | undefined => {
  const codes = [...codesOf(told)].sort(preferred);
  const own = [textOf(told), ...codes.map((it) => it.display)].flatMap((it) => it ?? []);
  const chain = codes.flatMap((it) => medicineChain(it, terms));
  const products = [...own, ...chain.flatMap((it) => it.display ?? [])].map(productOf);
  const first = products.find((it) => it.ingredient !== '');
  const widest = chain.length > 0 ? products[products.length - 1] : first;
  if (!first || !widest) return undefined;
  return {
    ingredient: widest.ingredient === '' ? first.ingredient : widest.ingredient,
    strength: products.flatMap((it) => it.strength ?? [])[0],
    form: products.map((it) => it.form).find((it) => it !== '') ?? '',
    release: products.map((it) => it.release).find((it) => it !== '') ?? '',
  };
};

const STEPS = new Set(['equal', 'equivalent', 'subsumes', 'wider']);
/** From a product by way of what it is a kind of to its therapeutic moiety; the last is the widest. */
const medicineChain = (code: { readonly system: string; readonly code: string }, terms: Terms) => {
  const chain = [];
  for (let at = terms.matches(code), step = 0; step < 4; step++) {
    const next = at.filter((it) => STEPS.has(it.equivalence)).sort((a, b) => byText(a.code, b.code))[0];
    if (!next) break;
    chain.push(next);
    at = terms.matches(next);
  }
  return chain;
};

const ELSEWHERE = /another|other-organi|elsewhere|hospital|community|outside/i;
const isCopied = (resource: Json): boolean => {
  const type = extensionOf(resource, ukCoreExtension('MedicationPrescribingOrganizationType'))?.valueCodeableConcept;
  return (
    resource['reportedBoolean'] === true ||
    isObject(resource['reportedReference']) ||
    ELSEWHERE.test(firstCode(type) ?? '')
  );
};

const immunization: Reader = ({ resource }, terms) => {
  const extension = extensionOf(resource, ukCoreExtension('VaccinationProcedure'))?.valueCodeableConcept;
  const procedure = conceptOf([extension], NAMING.any, terms);
  const concept = conceptOf([resource['vaccineCode'], extension], NAMING.any, terms);
  const key = procedure.key ?? conceptOf([resource['vaccineCode']], NAMING.any, terms).key;
  const said = [
    textOf(resource['vaccineCode']),
    textOf(extension),
    ...codesOf(extension).map((it) => it.display),
  ].flatMap((it) => it ?? []);
  return {
    concept: { ...concept, key },
    site: NOWHERE,
    when: whenIn(resource, 'occurrence'),
    noted: isDated(resource, 'occurrence') ? undefined : whenOf(resource['recorded']),
    procedure: procedure.key,
    antigens: vaccineOf(resource, [resource['vaccineCode'], extension], terms),
    doseNumber: dosesIn(resource, said),
    lot: lotOf(resource),
  };
};

const lotOf = (resource: Json): string | undefined => {
  const lot = text(resource['lotNumber'])
    ?.toUpperCase()
    .replace(/^\s*(LOT|BATCH|B\/N|BN)\b( ?(NO|NUMBER)\b)?/, '')
    .replace(/\bEXP\b.*$/, '')
    .replace(/[^A-Z0-9]/g, '');
  return lot === undefined || lot.length < 3 || /^(UNKNOWN|NA|NOTKNOWN|NK|NIL|NONE|0+)$/.test(lot) ? undefined : lot;
};

const observation: Reader = (record, terms) => {
  const { resource, follow } = record;
  const components = componentValues(resource);
  const value = valueOf(resource);
  return {
    concept: conceptOf([resource['code']], NAMING.lab, terms),
    site: siteOf(resource['bodySite'], []),
    when: whenIn(resource, 'effective'),
    value,
    parts:
      components.length === 0
        ? undefined
        : [...components].sort((a, b) => byText(a.value.key, b.value.key)).map((it) => it.value),
    accession: accessionOf(resource['specimen'], follow),
  };
};

/** The accession of the first specimen that has one, scoped to its laboratory. */
const accessionOf = (specimen: unknown, follow: LinkRecord['follow']): string | undefined => {
  for (const reference of objects(specimen)) {
    const target = follow(reference);
    const given = [
      ...objects(target?.['accessionIdentifier']),
      ...objects(reference['identifier']),
      ...objects(target?.['identifier']),
    ];
    const read = given.flatMap((it) => readIdentifier(it) ?? [])[0];
    if (read) return `${read.system}|${read.value}`;
  }
  return undefined;
};

const report: Reader = ({ resource, follow }, terms) => {
  const results = objects(resource['result']).flatMap((it) => {
    const observed = follow(it);
    return observed
      ? [
          ...(valueOf(observed) ? [valueOf(observed) as Value] : []),
          ...componentValues(observed).map((part) => part.value),
        ]
      : [];
  });
  return {
    concept: conceptOf([resource['code']], NAMING.lab, terms),
    site: NOWHERE,
    when: whenIn(resource, 'effective'),
    issued: whenOf(resource['issued']),
    accession: accessionOf(resource['specimen'], follow),
    ods: objects(resource['performer']).flatMap((it) => odsOf(it, follow) ?? [])[0],
    results: results.sort((a, b) => byText(a.key, b.key)),
  };
};

const document: Reader = ({ resource, follow }, terms) => {
  const attachment = objects(resource['content']).flatMap((it) => objects(it['attachment']))[0];
  const hash = text(attachment?.['hash']);
  return {
    concept: conceptOf([resource['type']], NAMING.any, terms),
    site: NOWHERE,
    when: whenOf(attachment?.['creation']) ?? whenOf(resource['date']),
    hash: hash === undefined ? undefined : `${hash} ${JSON.stringify(attachment?.['size'] ?? '')}`,
    ods:
      objects(resource['author']).flatMap((it) => odsOf(it, follow) ?? [])[0] ?? odsOf(resource['custodian'], follow),
  };
};

const encounter: Reader = ({ resource, follow }, terms) => ({
  concept: conceptOf([], NAMING.any, terms),
  site: NOWHERE,
  when: whenOf(start(resource['period'])),
  ods: odsOf(resource['serviceProvider'], follow),
  class: isObject(resource['class']) ? text(resource['class']['code']) : undefined,
});

const request: Reader = ({ resource }, terms) => ({
  concept: conceptOf(
    resource['code'] === undefined ? objects(resource['reasonCode']) : [resource['code']],
    NAMING.procedure,
    terms,
  ),
  site: NOWHERE,
  when: whenOf(resource['authoredOn']),
});

const other: Reader = ({ resource }, terms) => ({
  concept: conceptOf([resource['code']], NAMING.any, terms),
  site: NOWHERE,
  when: undefined,
});

const start = (period: unknown): unknown => (isObject(period) ? period['start'] : undefined);

const READERS: Readonly<Record<string, Reader>> = {
  AllergyIntolerance: allergy,
  Condition: condition,
  Procedure: procedure,
  MedicationRequest: medicine,
  MedicationStatement: medicine,
  Immunization: immunization,
  Observation: observation,
  DiagnosticReport: report,
  DocumentReference: document,
  Encounter: encounter,
  ServiceRequest: request,
  other,
};
