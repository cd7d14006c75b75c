/** What a value of JSON takes up in memory, roughly, in bytes. A value that stands in it twice is counted twice. */
export const weightOf = (value: unknown): number => {
  if (typeof value === 'string') return STRING + value.length;
  if (typeof value !== 'object' || value === null) return 0;
  if (ArrayBuffer.isView(value)) return OBJECT + value.byteLength * PARSED;
  let bytes = OBJECT;
  for (const key in value) bytes += MEMBER + weightOf((value as Record<string, unknown>)[key]);
  return bytes;
};

const STRING = 16;
const OBJECT = 32;
const MEMBER = 8;
/** Bytes are JSON that was not parsed yet: they stay, and what they are parsed to is twice as much again. */
const PARSED = 3;
