import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';

/** Below this many bytes compressing costs more than it saves. */
const MIN_BYTES = 1024;

/** The fastest levels: two to five milliseconds a megabyte, against a second and more at the best. */
const CODINGS = {
  br: (bytes: Buffer): Promise<Buffer> =>
    promisify(brotliCompress)(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } }),
  gzip: (bytes: Buffer): Promise<Buffer> => promisify(gzip)(bytes, { level: 1 }),
} as const;

export type Coding = keyof typeof CODINGS;

/** The coding that a caller asks for: brotli before gzip where both are equal; undefined for a body as it is. */
export const codingFor = (accepted: string | undefined): Coding | undefined => {
  if (accepted === undefined) return undefined;
  const offers = new Map(accepted.split(',').map(readOffer));
  const [best] = (Object.keys(CODINGS) as Coding[])
    .map((coding) => ({ coding, q: offers.get(coding) ?? offers.get('*') ?? 0 }))
    .filter((it) => it.q > 0)
    .sort((a, b) => b.q - a.q);
  return best?.coding;
};

/** A body on its way, packed or as it is. */
export interface Packed {
  /** To be sent one after the other: joining them would cost more than writing them. */
  readonly parts: readonly Buffer[];
  readonly coding?: Coding;
}

/** Packs a body that is worth it. */
export const pack = async (parts: readonly Buffer[], coding: Coding | undefined): Promise<Packed> =>
  coding === undefined || lengthOf(parts) < MIN_BYTES
    ? { parts }
    : { parts: [await CODINGS[coding](Buffer.concat(parts))], coding };

/** How many bytes some parts have together. */
export const lengthOf = (parts: readonly Buffer[]): number => parts.reduce((sum, it) => sum + it.length, 0);

const readOffer = (offer: string): readonly [coding: string, q: number] => {
  const [coding = '', ...parameters] = offer.split(';').map((it) => it.trim().toLowerCase());
  const written = parameters.find((it) => it.startsWith('q='))?.slice(2);
  return [coding, written === undefined ? 1 : Number(written) || 0];
};
