import type { Call } from '../../adapter/index.ts';
import { type Json, type NhsNumber, parseNhsNumber } from '../../fhir/index.ts';
import { nhsNumbers } from '../../identity/gate.ts';
import type { Tracer } from '../../identity/trace.ts';
import { mapAnswer } from '../../mapping/map-answer.ts';
import type { ConfiguredSource } from '../../sources/registry.ts';
import type { Drained } from './drained.ts';
import type { Result } from './fan-out.ts';

/** More numbers than anybody has had are somebody's mistake. */
const MAX_TRACED = 3;

/**
 * The numbers beside the patient's own in the Patients of sources' answers, where the identity source says that they are the
 * same person's: they were superseded. Of any other number the gate says that it is a stranger's.
 */
export const linkedNumbers = async (
  results: readonly Result[],
  patient: NhsNumber,
  { tracer, call }: { readonly tracer: Tracer; readonly call: Call },
): Promise<readonly NhsNumber[]> => {
  const others = [...new Set(results.flatMap(numbersIn))].filter((it) => it !== patient).slice(0, MAX_TRACED);
  const traced = await Promise.all(others.map(async (it) => [it, await tracer.trace(it, call)] as const));
  return traced.flatMap(([number, asked]) =>
    'value' in asked && asked.value.outcome === 'found' && asked.value.nhsNumber === patient ? [number] : [],
  );
};

const found = new WeakMap<Drained, readonly NhsNumber[]>();

/** Found once in an answer, however many share it. */
const numbersIn = (result: Result): readonly NhsNumber[] => {
  if (result.outcome !== 'answered') return [];
  const { source, answer } = result;
  let numbers = found.get(answer);
  if (!numbers) found.set(answer, (numbers = findNumbers(source, answer)));
  return numbers;
};

const findNumbers = (source: ConfiguredSource, answer: Drained): readonly NhsNumber[] => {
  const records = answer.records.filter((it) => it.types.includes('Patient'));
  const { resources } = mapAnswer(answer, answer, { source: source.id, wanted: new Set(['Patient']) });
  const named = [
    ...records.map((it) => it.nhsNumber),
    ...resources.flatMap(({ resource }) => nhsNumbers(resource as unknown as Json)),
  ];
  return named.flatMap((it) => parseNhsNumber(it) ?? []);
};
