import { createCipheriv } from 'node:crypto';

const BLOCK = 16;
const ZERO = Buffer.alloc(BLOCK);

/**
 * AES-SIV encryption under one key, for many short texts of few kinds (the associated data): the platform's own AES in the
 * order of the standard, and what depends on key and kind alone is worked out once. Answers have ids by the hundred, and a
 * library's in script takes several times as long.
 * @param key 32, 48 or 64 bytes
 * @see https://www.rfc-editor.org/rfc/rfc5297
 */
export const createSiv = (key: Uint8Array): ((kind: string, plain: Uint8Array) => Buffer) => {
  const half = key.length / 2;
  const mac = createCmac(key.subarray(0, half));
  const encrypt = createBlocks(key.subarray(half));
  const begun = new Map<string, Buffer>();
  const beginningOf = (kind: string): Buffer => {
    let beginning = begun.get(kind);
    if (!beginning) begun.set(kind, (beginning = xored(doubled(mac(ZERO)), mac(Buffer.from(kind)), 0)));
    return beginning;
  };
  return (kind, plain) => {
    const beginning = beginningOf(kind);
    const tag = mac(
      plain.length < BLOCK
        ? xored(padded(plain), doubled(beginning), 0)
        : xored(plain, beginning, plain.length - BLOCK),
    );
    const counter = Buffer.from(tag);
    // The standard clears two bits, so that counting never carries beyond them.
    for (const at of [8, 12]) counter[at] = (counter[at] ?? 0) & 0x7f;
    const stream = counted(counter, Math.ceil(plain.length / BLOCK));
    return Buffer.concat([tag, xored(plain, encrypt(stream).subarray(0, plain.length), 0)]);
  };
};

/** Encrypts whole blocks, each alone. One cipher serves for good: to make one takes longer than to use it. */
const createBlocks = (key: Uint8Array): ((blocks: Uint8Array) => Buffer) => {
  const cipher = createCipheriv(`aes-${key.length * 8}-ecb`, key, null);
  return (blocks) => cipher.update(blocks);
};

/** A counter of so many blocks. */
const counted = (first: Buffer, blocks: number): Buffer => {
  const out = Buffer.alloc(blocks * BLOCK);
  for (let at = 0; at < blocks; at++) {
    out.set(first, at * BLOCK);
    out.writeUInt32BE((first.readUInt32BE(12) + at) >>> 0, at * BLOCK + 12);
  }
  return out;
};

/** AES-CMAC: the last block of a chain, whose end is marked. @see https://www.rfc-editor.org/rfc/rfc4493 */
const createCmac = (key: Uint8Array): ((text: Uint8Array) => Buffer) => {
  const encrypt = createBlocks(key);
  const chain = (text: Uint8Array): Buffer => {
    let last = encrypt(text.subarray(0, BLOCK));
    for (let at = BLOCK; at < text.length; at += BLOCK) last = encrypt(xored(last, text.subarray(at, at + BLOCK), 0));
    return last;
  };
  const whole = doubled(chain(ZERO));
  const part = doubled(whole);
  return (text) => {
    const rest = text.length % BLOCK;
    if (text.length > 0 && rest === 0) return chain(xored(text, whole, text.length - BLOCK));
    const start = text.length - rest;
    return chain(Buffer.concat([text.subarray(0, start), xored(padded(text.subarray(start)), part, 0)]));
  };
};

const padded = (text: Uint8Array): Buffer => {
  const block = Buffer.alloc(BLOCK);
  block.set(text);
  block[text.length] = 0x80;
  return block;
};

const xored = (bytes: Uint8Array, by: Uint8Array, start: number): Buffer => {
  const out = Buffer.from(bytes);
  for (let at = 0; at < by.length; at++) out[start + at] = (out[start + at] ?? 0) ^ (by[at] ?? 0);
  return out;
};

/** Doubling in the field of the standards. */
const doubled = (block: Buffer): Buffer => {
  const out = Buffer.from(block.map((byte, at) => (byte << 1) | ((block[at + 1] ?? 0) >> 7)));
  out[BLOCK - 1] = (out[BLOCK - 1] ?? 0) ^ ((block[0] ?? 0) >> 7 ? 0x87 : 0);
  return out;
};
