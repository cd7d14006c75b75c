import { link } from '../src/link/link.ts';
import { OFFLINE } from '../src/link/terms.ts';
import { cpu } from './cpu.ts';
import { madeUpRecords } from './linked.ts';

/** CPU an entry of linking a big record, as a multiple of that of a small one. */
export const linkingBySize = (big: number, small: number, rounds: number): readonly number[] => {
  const [many, few] = [madeUpRecords(big), madeUpRecords(small)];
  const perEntry = (records: typeof many, times: number): number => {
    const before = cpu();
    for (let time = 0; time < times; time++) link(records, OFFLINE);
    return (cpu() - before) / (records.length * times);
  };
  perEntry(few, 20);
  return Array.from({ length: rounds }, () => {
    const base = perEntry(few, Math.round(big / small));
    return perEntry(many, 1) / base;
  });
};
