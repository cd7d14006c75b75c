import { searchParametersOf } from '../../src/fhir/definitions/index.ts';
import { type Json, parseJson, type ResourceType } from '../../src/fhir/index.ts';
import { mapAnswer } from '../../src/mapping/map-answer.ts';
import { type Extract, extractor } from '../../src/search/parameter/extract.ts';
import { loadAdapter } from '../../src/sources/load.ts';
import { collectGarbage, cpu } from '../cpu.ts';
import { gpRecord } from '../payload.ts';

/** What clinicians filter by, where the type has it. */
const ASKED = ['patient', 'code', 'status', 'clinical-status', 'category', 'date'] as const;
const RESOURCES = 1000;
/** So many at a time, that garbage collection falls on both. */
const ANSWERS = 5;
const WARM_UP = 5;

/** Finding search values in resources, by the CPU time of having parsed them. */
export const extractionInProcess = async (rounds: number): Promise<readonly number[]> => {
  const text = JSON.stringify(await mappedResources());
  const ratios: number[] = [];
  for (let round = 0; round < WARM_UP + rounds; round++) {
    collectGarbage();
    const start = cpu();
    const answers = Array.from({ length: ANSWERS }, () => parseJson(text) as readonly Json[]);
    const parsed = cpu() - start;
    const resources = answers.flat();
    collectGarbage();
    const between = cpu();
    const found = countValues(resources);
    const extracted = cpu() - between;
    if (found < ANSWERS * RESOURCES) throw new Error('hardly anything was found');
    if (round >= WARM_UP) ratios.push(extracted / parsed);
  }
  return ratios;
};

/** A function of its own, as the filter of a search is: V8 leaves a loop between awaits to its interpreter for long. */
const countValues = (resources: readonly Json[]): number => {
  let found = 0;
  for (const it of resources)
    for (const extract of extracts(it['resourceType'] as ResourceType)) found += extract(it).length;
  return found;
};

const byType = new Map<ResourceType, readonly Extract[]>();

const extracts = (type: ResourceType): readonly Extract[] => {
  let found = byType.get(type);
  if (!found) {
    const parameters = searchParametersOf(type);
    found = ASKED.flatMap((code) => (parameters[code] ? [extractor(parameters[code].expression)] : []));
    byType.set(type, found);
  }
  return found;
};

const mappedResources = async (): Promise<readonly unknown[]> => {
  const adapter = await loadAdapter('gp-connect');
  if (!adapter) throw new Error('there is no adapter gp-connect');
  const { resources } = mapAnswer(adapter, adapter.split(parseJson(gpRecord(1_500_000))), { source: 'gp' });
  return resources.slice(0, RESOURCES).map((it) => it.resource);
};
