import type { Json } from '../../fhir/index.ts';
import { type FhirResource, objects } from '../../fhir/index.ts';
import { clinicalDateOf } from '../../search/clinical-date.ts';
import type { Held } from '../../search/held.ts';
import { mostRecentFirst } from '../../search/order.ts';
import { keyOf } from '../referred.ts';
import { isMistaken, SECTIONS, type SectionRow } from './sections.ts';

/** What stands in a section, and how much of the same tests was recorded before. */
export interface Chosen {
  readonly row: SectionRow;
  readonly entries: readonly Held[];
  readonly earlier: number;
}

/** Puts each resource of a record into the first section that takes it. What was entered in error stands in none. */
export const choose = (record: readonly Held[]): readonly Chosen[] => {
  const covered = coveredOrders(record);
  const left = new Set(record.filter((it) => !isMistaken(it.local.resource) && !covered.has(keyOf(it))));
  return SECTIONS.map((row) => {
    const taken = [...left].filter(({ local: { type, resource } }) => {
      const fits = row.types.includes(type);
      return fits && (row.takes?.(resource as unknown as Json) ?? true);
    });
    taken.forEach((it) => left.delete(it));
    const entries = row.latest ? latestOf(taken) : taken;
    return { row, entries: mostRecentFirst(entries), earlier: taken.length - entries.length };
  });
};

/** The orders that a statement of the same source stands for: a medicine is one line, not three. */
const coveredOrders = (record: readonly Held[]): ReadonlySet<string> => {
  const based = new Map<string, readonly string[]>();
  for (const held of record) {
    const orders = objects((held.local.resource as unknown as Json)['basedOn']).map(
      (it) => `${held.source} ${String(it['reference'])}`,
    );
    based.set(keyOf(held), orders);
  }
  const covered = new Set(
    record.flatMap((it) => (it.local.type === 'MedicationStatement' ? (based.get(keyOf(it)) ?? []) : [])),
  );
  // An issue is based on its plan, and the plan is what the statement is based on.
  for (const held of record)
    if (held.local.type === 'MedicationRequest' && based.get(keyOf(held))?.some((it) => covered.has(it)))
      covered.add(keyOf(held));
  return covered;
};

/** The latest of each test of each source. What has no code or no date is kept: nobody can say that it is not the latest. */
const latestOf = (taken: readonly Held[]): readonly Held[] => {
  const latest = new Map<string, number>();
  const dated = taken.map((held) => ({ held, test: testOf(held), at: clinicalDateOf(held) }));
  for (const { test, at } of dated)
    if (test !== undefined && at !== undefined) latest.set(test, Math.max(at, latest.get(test) ?? -Infinity));
  return dated.flatMap(({ held, test, at }) =>
    test === undefined || at === undefined || at === latest.get(test) ? [held] : [],
  );
};

const testOf = ({ source, local: { type, resource } }: Held): string | undefined => {
  const code = (resource as FhirResource & { readonly code?: unknown }).code;
  return code === undefined ? undefined : `${source} ${type} ${JSON.stringify(code)}`;
};
