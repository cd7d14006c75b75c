import { isObject, type Json, objects, text } from '../fhir/index.ts';
import type { Facets, Family } from './facets.ts';
import type { Conflict } from './links.ts';
import { statusCode } from './stance.ts';
import { shown } from './tests.ts';
import { valuesAgree } from './quantity.ts';
import { foldText, tokensOf } from './words.ts';

/** A path on which two records of one fact may contradict each other. Silence contradicts nothing. */
interface Contradiction {
  readonly path: string;
  /** What the record says there, for people; undefined where it is silent. */
  readonly says: (facets: Facets) => string | undefined;
  readonly differ: (a: Facets, b: Facets) => boolean;
}

/** By family; `any` is for all others. */
const CONTRADICTIONS: Readonly<Record<Family, readonly Contradiction[]>> = {
  AllergyIntolerance: [classed('clinicalStatus'), verification(), nilCode(), criticality(), severity()],
  Condition: [classed('clinicalStatus'), verification()],
  Medicine: [medicineStatus(), dosage()],
  Immunization: [settled('status'), lot()],
  Observation: [values(), interpretation(), settled('status')],
  DiagnosticReport: [conclusion(), settled('status')],
  Procedure: [settled('status')],
  DocumentReference: [settled('status')],
  Flag: [exact('status')],
  Patient: [familyName(), exact('birthDate'), gender()],
  Practitioner: [familyName()],
  Organization: [folded('name')],
  Location: [folded('name')],
  any: [settled('status')],
};

/** The paths on which two records contradict each other, in a fixed order, each with what both say. */
export const conflictsOf = (a: Facets, b: Facets): readonly Conflict[] =>
  (CONTRADICTIONS[a.family] ?? (CONTRADICTIONS['any'] as readonly Contradiction[]))
    .filter((it) => it.says(a) !== undefined && it.says(b) !== undefined && it.differ(a, b))
    .map(({ path, says }) => ({
      path,
      values: [a, b].map((it) => ({ source: it.record.source, value: says(it) ?? '' })),
    }));

/** The paths on which the members of a group contradict each other: each different thing that is said, once. */
export const groupConflicts = (members: readonly Facets[]): readonly Conflict[] => {
  const [first] = members;
  if (!first) return [];
  return (CONTRADICTIONS[first.family] ?? (CONTRADICTIONS['any'] as readonly Contradiction[])).flatMap(
    ({ path, says, differ }) => {
      const said = new Map(members.flatMap((it) => (says(it) === undefined ? [] : [[says(it), it] as const])));
      const distinct = [...said.values()];
      if (!distinct.some((a) => distinct.some((b) => differ(a, b)))) return [];
      const values = members.flatMap((it) => {
        const value = says(it);
        return value === undefined ? [] : [{ source: it.record.source, value }];
      });
      return [{ path, values: [...new Map(values.map((it) => [`${it.source}=${it.value}`, it])).values()] }];
    },
  );
};

/** Words of a status that mean that the fact goes on. */
const ACTIVE: ReadonlySet<string> = new Set(['active', 'recurrence', 'relapse']);

function classed(path: string): Contradiction {
  const says = ({ record }: Facets) => statusCode(record.resource[path]);
  return { path, says, differ: (a, b) => ACTIVE.has(says(a) ?? '') !== ACTIVE.has(says(b) ?? '') };
}

/** Confirmed and unconfirmed do not contradict each other; refuted and withdrawn contradict all others. */
function verification(): Contradiction {
  const says = ({ record: { resource } }: Facets) =>
    statusCode(resource['verificationStatus']) ?? (resource['code'] === undefined ? undefined : 'stated');
  const kind = (facets: Facets) => (/^(refuted|entered-in-error)$/.exec(says(facets) ?? '') ?? ['held'])[0];
  return { path: 'verificationStatus', says, differ: (a, b) => kind(a) !== kind(b) };
}

function nilCode(): Contradiction {
  const isNil = ({ concept }: Facets) => concept.nil !== undefined;
  return {
    path: 'code',
    says: ({ concept }) => concept.texts[0] ?? concept.key,
    differ: (a, b) => isNil(a) !== isNil(b),
  };
}

function criticality(): Contradiction {
  const says = ({ record }: Facets) => {
    const code = statusCode(record.resource['criticality']);
    return code === 'unable-to-assess' ? undefined : code;
  };
  return { path: 'criticality', says, differ: (a, b) => says(a) !== says(b) };
}

/** The gravest reaction counts; only mild against severe contradict each other. */
function severity(): Contradiction {
  const GRAVITY = ['mild', 'moderate', 'severe'];
  const says = ({ record }: Facets) =>
    objects(record.resource['reaction'])
      .flatMap((it) => statusCode(it['severity']) ?? [])
      .sort((a, b) => GRAVITY.indexOf(b) - GRAVITY.indexOf(a))[0];
  return {
    path: 'reaction.severity',
    says,
    differ: (a, b) => Math.abs(GRAVITY.indexOf(says(a) ?? '') - GRAVITY.indexOf(says(b) ?? '')) > 1,
  };
}

/** Statuses in which a fact is withdrawn or did not come about. */
const UNDONE: ReadonlySet<string> = new Set(['entered-in-error', 'not-done', 'cancelled', 'superseded']);

function settled(path: string): Contradiction {
  const says = ({ record }: Facets) => statusCode(record.resource[path]);
  const undone = (facets: Facets) => (UNDONE.has(says(facets) ?? '') ? says(facets) : '');
  return { path, says, differ: (a, b) => undone(a) !== undone(b) };
}

const STOPPED: ReadonlySet<string> = new Set(['stopped', 'cancelled', 'entered-in-error', 'not-taken']);
function medicineStatus(): Contradiction {
  const says = ({ record }: Facets) => statusCode(record.resource['status']);
  const opposed = (a: string | undefined, b: string | undefined) =>
    STOPPED.has(a ?? '') && (b === 'active' || b === 'intended');
  return { path: 'status', says, differ: (a, b) => opposed(says(a), says(b)) || opposed(says(b), says(a)) };
}

/** Doses are compared as an amount a day; where that cannot be told they are not comparable, and no conflict. */
function dosage(): Contradiction {
  return {
    path: 'dosage',
    says: ({ dosage: told, product }) =>
      told === undefined
        ? undefined
        : [product?.strength && `${product.strength.amount} ${product.strength.unit}`, told].filter(Boolean).join(', '),
    differ: (a, b) => {
      const [one, other] = [daily(a), daily(b)];
      return (
        one !== undefined &&
        other !== undefined &&
        Math.abs(one - other) > 0.01 * Math.max(one, other) &&
        sameUnit(a, b)
      );
    },
  };
}
const daily = ({ dose, product }: Facets): number | undefined =>
  dose?.amount === undefined || dose.perDay === undefined || product?.strength === undefined
    ? undefined
    : dose.amount * dose.perDay * product.strength.amount;
const sameUnit = (a: Facets, b: Facets): boolean => a.product?.strength?.unit === b.product?.strength?.unit;

function lot(): Contradiction {
  return { path: 'lotNumber', says: (it) => it.lot, differ: (a, b) => a.lot !== b.lot };
}

function values(): Contradiction {
  const agree = (a: Facets, b: Facets) => {
    const [one, other] = [a, b].map(({ value, parts }) => [...(value ? [value] : []), ...(parts ?? [])]);
    return (
      one?.length === other?.length && (one ?? []).every((it, at) => valuesAgree(it, (other ?? [])[at] as typeof it))
    );
  };
  return { path: 'value', says: (it) => shown(it) || undefined, differ: (a, b) => !agree(a, b) };
}

function interpretation(): Contradiction {
  const says = ({ record }: Facets) =>
    objects(record.resource['interpretation']).flatMap((it) => statusCode(it)?.toUpperCase() ?? [])[0];
  return { path: 'interpretation', says, differ: (a, b) => says(a) !== says(b) };
}

function conclusion(): Contradiction {
  const says = ({ record }: Facets) => text(record.resource['conclusion']);
  return { path: 'conclusion', says, differ: (a, b) => foldText(says(a) ?? '') !== foldText(says(b) ?? '') };
}

function gender(): Contradiction {
  const says = ({ record }: Facets) =>
    record.resource['gender'] === 'unknown' ? undefined : text(record.resource['gender']);
  return { path: 'gender', says, differ: (a, b) => says(a) !== says(b) };
}

function exact(path: string): Contradiction {
  const says = ({ record }: Facets) => text(record.resource[path]);
  return { path, says, differ: (a, b) => says(a) !== says(b) };
}

function folded(path: string): Contradiction {
  const says = ({ record }: Facets) => text(record.resource[path]);
  const words = (facets: Facets) => tokensOf(says(facets) ?? '').join(' ');
  return { path, says, differ: (a, b) => words(a) !== words(b) };
}

function familyName(): Contradiction {
  const official = (names: readonly Json[]) => names.find((it) => it['use'] === 'official') ?? names[0];
  const says = ({ record }: Facets) => {
    const name = official(objects(record.resource['name']));
    return isObject(name) ? text(name['family']) : undefined;
  };
  const words = (facets: Facets) => tokensOf(says(facets) ?? '').join(' ');
  return { path: 'name', says, differ: (a, b) => words(a) !== words(b) };
}
