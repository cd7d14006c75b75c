import type { Call } from '../adapter/index.ts';
import type { OperationOutcomeIssue } from '../fhir/index.ts';
import type { Person } from '../identity/person.ts';
import type { Asking } from '../sources/ask.ts';
import { type Contribution, isComplete, receive } from './contribution.ts';
import type { Held } from './held.ts';
import { readRecord } from './ask/read-record.ts';
import { createWorld, type Missed, type World } from './world.ts';

/** The most resources that are read one by one for one answer. */
export const MAX_READS = 50;
/** Reads under way at a time. */
const AT_ONCE = 10;

export interface Settled<T> {
  readonly contributions: readonly Contribution[];
  readonly world: World;
  readonly value: T;
}

/** Pure: what it follows in the world it is given decides what is read. */
export type Work<T> = (world: World, contributions: readonly Contribution[]) => T;

/**
 * Works on the record of an answer, and reads what was followed in vain where a source cannot search a type by patient and
 * can read it by id, as R4 servers do with practitioners and medications; then works again, until nothing more is missed.
 */
export const createSettler = (person: Person, deps: Asking, call: Call) => {
  const tried = new Set<string>();
  return async <T>(given: readonly Contribution[], work: Work<T>): Promise<Settled<T>> => {
    let contributions = given;
    for (;;) {
      const world = createWorld(contributions.flatMap(allHeldBy), person);
      const value = work(world, contributions);
      const wanted = world.missed().filter((it) => isReadable(it, contributions) && !tried.has(keyOf(it)));
      if (wanted.length === 0) return { contributions, world, value };
      const now = wanted.slice(0, Math.max(0, MAX_READS - tried.size));
      wanted.forEach((it) => tried.add(keyOf(it)));
      const read = await readAll(now, contributions, { person, deps, call });
      contributions = contributions.map((it) => extend(it, read, wanted.slice(now.length)));
    }
  };
};

const allHeldBy = ({ source, patientIds, siblings }: Contribution): readonly Held[] =>
  siblings.map((local) => ({ source: source.id, patientIds, local }));

const keyOf = ({ source, type, localId }: Missed): string => `${source} ${type}/${localId}`;

/** A type that is searched was given whole: what is not among it is not there, or not the patient's. */
const isReadable = ({ source, type }: Missed, contributions: readonly Contribution[]): boolean => {
  const { scope, types } = contributionFrom(source, contributions).source.capabilities;
  return scope === 'type' && types[type]?.read === true && types[type].search === undefined;
};

const contributionFrom = (id: string, contributions: readonly Contribution[]): Contribution =>
  contributions.find((it) => it.source.id === id) as Contribution;

const readAll = async (
  missed: readonly Missed[],
  contributions: readonly Contribution[],
  { person, deps, call }: { readonly person: Person; readonly deps: Asking; readonly call: Call },
): Promise<readonly Contribution[]> => {
  const read: Contribution[] = [];
  for (let at = 0; at < missed.length; at += AT_ONCE) {
    const some = missed.slice(at, at + AT_ONCE).map(async ({ source, type, localId }) => {
      const { source: of, askedAs = person.nhsNumber } = contributionFrom(source, contributions);
      return receive(await readRecord(of, { type, localId, patient: askedAs }, { deps, call }), { type, person });
    });
    read.push(...(await Promise.all(some)));
  }
  return read;
};

/** A source's contribution with what was read from it, and what could not be. */
const extend = (contribution: Contribution, read: readonly Contribution[], unread: readonly Missed[]): Contribution => {
  const { source, status, siblings, warnings, issues } = contribution;
  const own = read.filter((it) => it.source.id === source.id);
  const lost = own.filter((it) => !isComplete(it)).length + unread.filter((it) => it.source === source.id).length;
  return {
    ...contribution,
    status: lost > 0 && (status === 'answered' || status === 'empty') ? 'incomplete' : status,
    siblings: [...siblings, ...own.flatMap((it) => it.siblings.filter(({ type }) => type !== 'Patient'))],
    warnings: [...warnings, ...own.flatMap((it) => it.warnings)],
    issues: [...issues, ...own.flatMap((it) => it.issues), ...(lost > 0 ? [unreadIssue(source.id, lost)] : [])],
  };
};

const unreadIssue = (source: string, count: number): OperationOutcomeIssue => ({
  severity: 'warning',
  code: 'incomplete',
  details: {
    text: `Of the resources that others refer to, ${count} could not be read, or were more than the ${MAX_READS} that are read for one answer.`,
  },
  diagnostics: `${source}: read by reference`,
});
