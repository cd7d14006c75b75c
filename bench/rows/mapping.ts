import { parseJson } from '../../src/fhir/index.ts';
import { mapAnswer } from '../../src/mapping/map-answer.ts';
import { loadAdapter } from '../../src/sources/load.ts';
import { cpu } from '../cpu.ts';
import { gpRecord } from '../payload.ts';

const MB = 1_000_000;
/** Answers of a round, one at a time, each with ids of its own: what was seen in one must not help with the next. */
const ANSWERS = 12;
const WARM_UP = 8;

/** Cutting and mapping an answer of GP Connect, by the CPU time of its parsing and writing. */
export const mappingInProcess = async (rounds: number): Promise<readonly number[]> => {
  const adapter = await loadAdapter('gp-connect');
  if (!adapter) throw new Error('there is no adapter gp-connect');
  const texts = Array.from({ length: ANSWERS }, (_, at) => gpRecord(MB, { first: at * 16 }));
  const ratios: number[] = [];
  for (let round = 0; round < WARM_UP + rounds; round++) {
    let base = 0;
    let mapping = 0;
    for (const text of texts) {
      base += cpuOf(() => JSON.stringify(JSON.parse(text)));
      const answer = parseJson(text);
      mapping += cpuOf(() => mapAnswer(adapter, adapter.split(answer), { source: 'bench' }));
    }
    if (round >= WARM_UP) ratios.push(mapping / base);
  }
  return ratios;
};

const cpuOf = (work: () => void): number => {
  const before = cpu();
  work();
  return cpu() - before;
};
