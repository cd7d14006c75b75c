import type { Capabilities, SourceWarning } from '../../src/adapter/index.ts';
import { type NhsNumber, type ResourceType, SYSTEM } from '../../src/fhir/index.ts';
import { AREA_TYPES, R4_TYPES } from '../../mappings/gp-connect-stu3/index.ts';

/** The parameter that asks for each area, and the parts without which it is rejected or answered in half. */
const PARAMETERS = {
  allergies: ['includeAllergies', 'includeResolvedAllergies'],
  medication: ['includeMedication', 'includePrescriptionIssues'],
  problems: ['includeProblems'],
  consultations: ['includeConsultations'],
  immunisations: ['includeImmunisations'],
  uncategorised: ['includeUncategorisedData'],
  investigations: ['includeInvestigations'],
  referrals: ['includeReferrals'],
  diary: ['includeDiaryEntries'],
} as const satisfies Readonly<Partial<Record<keyof typeof AREA_TYPES, readonly [string, ...string[]]>>>;

export type AskedArea = keyof typeof PARAMETERS;

/** The areas of a record that can be asked for. */
export const AREAS = Object.keys(PARAMETERS) as readonly AskedArea[];

/**
 * The Parameters of one request. Never a date: dates narrow one area and make a provider reject others beside it, and
 * what is left out by a filter here could not be told from what is not there.
 */
export const parametersFor = (patient: NhsNumber, areas: readonly AskedArea[]): string =>
  JSON.stringify({
    resourceType: 'Parameters',
    parameter: [
      { name: 'patientNHSNumber', valueIdentifier: { system: SYSTEM.nhsNumber, value: patient } },
      ...areas.map((area) => {
        const [name, ...parts] = PARAMETERS[area];
        return { name, ...(parts.length > 0 && { part: parts.map((it) => ({ name: it, valueBoolean: true })) }) };
      }),
    ],
  });

/** The types that come with the areas asked for; a type of no one area comes with any. */
export const typesFor = (areas: readonly AskedArea[]): Capabilities['types'] => {
  const typesIn = (some: readonly AskedArea[]): ReadonlySet<ResourceType> =>
    new Set(some.flatMap((it) => AREA_TYPES[it]));
  const [all, asked] = [typesIn(AREAS), typesIn(areas)];
  return Object.fromEntries(
    R4_TYPES.filter((it) => it === 'List' || asked.has(it) || !all.has(it)).map((it) => [it, { search: {} }]),
  );
};

/** That an area is not asked for makes the types it shares with others incomplete. */
export const notAskedWarnings = (areas: readonly AskedArea[]): readonly SourceWarning[] =>
  AREAS.filter((it) => !areas.includes(it)).map((it) => ({
    system: SYSTEM.sourceStatus,
    code: 'not-asked',
    text: `This source is configured not to be asked for: ${it}`,
    effect: 'incomplete',
    types: AREA_TYPES[it],
  }));
