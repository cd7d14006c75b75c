import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';

/** Below this many bytes compressing costs more than it saves. */
const MIN_BYTES = 1024;

/** The fastest levels: two to five milliseconds a megabyte, against a second and more at the best. */
const CODINGS: Readonly<Record<string, (bytes: Buffer) => Promise<Buffer>>> = {
  br: (bytes) => promisify(brotliCompress)(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } }),
  gzip: (bytes) => promisify(gzip)(bytes, { level: 1 }),
};

/** Compresses a body for a caller who asks for it: brotli before gzip where both are equal. */
export const compress = async (
  bytes: Buffer,
  accepted: string | undefined,
): Promise<{ readonly bytes: Buffer; readonly coding?: string }> => {
  if (bytes.length < MIN_BYTES || accepted === undefined) return { bytes };
  const offers = new Map(accepted.split(',').map(readOffer));
  const [best] = Object.keys(CODINGS)
    .map((coding) => ({ coding, q: offers.get(coding) ?? offers.get('*') ?? 0 }))
    .filter((it) => it.q > 0)
    .sort((a, b) => b.q - a.q);
  const pack = best && CODINGS[best.coding];
  return best && pack ? { bytes: await pack(bytes), coding: best.coding } : { bytes };
};

const readOffer = (offer: string): readonly [coding: string, q: number] => {
  const [coding = '', ...parameters] = offer.split(';').map((it) => it.trim().toLowerCase());
  const written = parameters.find((it) => it.startsWith('q='))?.slice(2);
  return [coding, written === undefined ? 1 : Number(written) || 0];
};
