import type { Mapped, Mapping, SourceRecord } from '../adapter/index.ts';

/**
 * A mapping for one answer that remembers what each record became, for all who share the answer: nobody changes a mapped
 * resource. What it threw for a record it throws again.
 */
export const mapOnce = (map: Mapping): Mapping => {
  const mapped = new Map<SourceRecord, Mapped>();
  return (record, context) => {
    let result = mapped.get(record);
    if (!result) mapped.set(record, (result = map(record, context)));
    return result;
  };
};
