import { createHash, createHmac, hash, hkdfSync } from 'node:crypto';
import { aessiv } from '@noble/ciphers/aes.js';
import { checkDigit, type NhsNumber } from './nhs-number.ts';
import { createSiv } from './siv.ts';

/** A logical id that the facade made: names source, patient and local id, and reveals none of them. */
export type LogicalId = string & { readonly __brand: 'LogicalId' };

/** Whose record an id belongs to: an NHS number, or a key of our own where an answer is mapped outside a request. */
export type PatientKey = { readonly nhsNumber: NhsNumber } | { readonly file: string };

/** What a sealed id holds. `localId` is undefined where it was too long to carry: `matches` then finds it. */
export interface Unsealed {
  readonly source: string;
  readonly patient: NhsNumber | undefined;
  readonly matches: (localId: string) => boolean;
  readonly localId: string | undefined;
}

export interface Subject {
  readonly source: string;
  readonly patient: PatientKey;
  readonly localId: string;
}

export interface Sealer {
  /** The logical id of a source's resource: the same on every instance with the same key. */
  readonly seal: (type: string, subject: Subject) => LogicalId;
  /** What an id holds, or undefined where it was not made here, for this type, of one of these sources. */
  readonly unseal: (type: string, id: string, sources: readonly string[]) => Unsealed | undefined;
  /** A token that holds a text of ours, for one use: opaque, and good on every instance with the same key. */
  readonly sealText: (use: string, text: string) => string;
  /** The text of a token, or undefined where it was not made here for this use. */
  readonly unsealText: (use: string, token: string) => string | undefined;
  /** A keyed fingerprint of a text, for one use: the same on every instance with the same key, and nobody else can make it. */
  readonly fingerprint: (use: string, text: string) => string;
}

/** One sealing key. Ids made under an older version stay readable as long as its key is listed. */
export interface SealingKey {
  readonly version: number;
  readonly secret: string;
}

// FHIR's own id alphabet has exactly 64 characters: six bits each, 48 bytes in the 64 that an id may have.
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-.';
const TAG_BYTES = 16;
const LOCAL_BYTES = 24;
const HEADER_BYTES = 8;

/** How the local id lies in the token. */
const FORM = { packed: 0, lowerUuid: 1, upperUuid: 2, text: 3, hash: 4 } as const;
const UUID = /^([0-9a-f]{8})-([0-9a-f]{4})-([0-9a-f]{4})-([0-9a-f]{4})-([0-9a-f]{12})(.*)$/i;

/**
 * Seals logical ids with AES-SIV, the resource type as associated data. The token is a header (key version and form of
 * the local id, three bytes that name the source, four for the patient), then up to 24 bytes of local id.
 * @param keys the first seals; all unseal. A secret is at least 32 characters.
 */
export const createSealer = (keys: readonly SealingKey[]): Sealer => {
  const [first] = keys;
  if (!first) throw new RangeError('at least one sealing key is needed');
  const rings = new Map(keys.map((key) => [key.version, keyring(key)]));

  const seal = (type: string, { source, patient, localId }: Subject): LogicalId => {
    const ring = rings.get(first.version) as Keyring;
    const [form, local] = packLocalId(localId, ring);
    const plain = new Uint8Array(HEADER_BYTES + local.length);
    plain[0] = (first.version << 3) | form;
    plain.set(sourceKey(source), 1);
    new DataView(plain.buffer).setUint32(4, patientWord(patient, ring));
    plain.set(local, HEADER_BYTES);
    return encode(ring.encrypt(type, plain)) as LogicalId;
  };

  const unseal = (type: string, id: string, sources: readonly string[]): Unsealed | undefined => {
    const cipher = decode(id);
    if (!cipher || cipher.length < TAG_BYTES + HEADER_BYTES) return undefined;
    for (const [version, ring] of rings) {
      const plain = attempt(() => aessiv(ring.siv, utf8(type)).decrypt(cipher));
      if (!plain || (plain[0] ?? 0) >> 3 !== version) continue;
      const source = sources.find((it) => sourceKey(it).every((byte, index) => byte === plain[1 + index]));
      if (source === undefined) return undefined;
      const local = plain.subarray(HEADER_BYTES);
      const form = (plain[0] ?? 0) & 7;
      const localId = form === FORM.hash ? undefined : unpackLocalId(form, local);
      return {
        source,
        localId,
        patient: wordToNhsNumber(new DataView(plain.buffer, plain.byteOffset).getUint32(4)),
        matches: (candidate) =>
          localId === undefined ? equal(keyedHash(ring, candidate, 16), local) : candidate === localId,
      };
    }
    return undefined;
  };

  const sealText = (use: string, text: string): string => {
    const ring = rings.get(first.version) as Keyring;
    return Buffer.from(aessiv(ring.siv, utf8(`text ${use}`)).encrypt(utf8(text))).toString('base64url');
  };

  const unsealText = (use: string, token: string): string | undefined => {
    if (!/^[\w-]{24,8192}$/.test(token)) return undefined;
    const cipher = new Uint8Array(Buffer.from(token, 'base64url'));
    if (Buffer.from(cipher).toString('base64url') !== token) return undefined;
    for (const ring of rings.values()) {
      const plain = attempt(() => aessiv(ring.siv, utf8(`text ${use}`)).decrypt(cipher));
      if (plain) return new TextDecoder().decode(plain);
    }
    return undefined;
  };
  const fingerprint = (use: string, text: string): string => {
    const { mac } = rings.get(first.version) as Keyring;
    return createHmac('sha256', mac).update(`${use}\u0000${text}`).digest('base64url').slice(0, 27);
  };
  return { seal, unseal, sealText, unsealText, fingerprint };
};

/** A sealer that makes each id once: for one answer, which names a record in many places. */
export const remembering = (sealer: Sealer): Sealer => {
  const made = new Map<string, LogicalId>();
  return {
    ...sealer,
    seal: (type, subject) => {
      const { source, patient, localId } = subject;
      const key = `${source} ${'file' in patient ? patient.file : patient.nhsNumber} ${type}/${localId}`;
      let id = made.get(key);
      if (id === undefined) made.set(key, (id = sealer.seal(type, subject)));
      return id;
    },
  };
};

/** True for a local id that a sealed id carries whole; of another it carries a hash, and a source must be searched for it. */
export const isCarriedWhole = (localId: string): boolean => packWhole(localId) !== undefined;

/** A content hash for a record that its source gave no id: 24 characters of FHIR's alphabet. */
export const contentId = (content: string): string => inFhirAlphabet(hash('sha256', content, 'base64url').slice(0, 24));

interface Keyring {
  readonly siv: Uint8Array;
  readonly encrypt: ReturnType<typeof createSiv>;
  readonly mac: Uint8Array;
}

const keyring = ({ version, secret }: SealingKey): Keyring => {
  if (!Number.isInteger(version) || version < 0 || version > 31) throw new RangeError('a key version is 0 to 31');
  if (secret.length < 32) throw new RangeError('a sealing secret has at least 32 characters');
  const derive = (use: string, length: number): Uint8Array =>
    new Uint8Array(hkdfSync('sha256', secret, '', `patient-core-records ${use}`, length));
  const siv = derive('id', 32);
  return { siv, encrypt: createSiv(siv), mac: derive('hash', 32) };
};

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

const sourceKeys = new Map<string, Uint8Array>();
const sourceKey = (source: string): Uint8Array => {
  let key = sourceKeys.get(source);
  if (!key) {
    key = new Uint8Array(createHash('sha256').update(`source ${source}`).digest().subarray(0, 3));
    sourceKeys.set(source, key);
  }
  return key;
};

const keyedHash = (ring: Keyring, text: string, bytes: number): Uint8Array =>
  new Uint8Array(createHash('sha256').update(ring.mac).update(text).digest().subarray(0, bytes));

/** Nine digits of an NHS number fit 30 bits; the top bit marks a patient who has only a key of ours. */
const patientWord = (patient: PatientKey, ring: Keyring): number =>
  'nhsNumber' in patient
    ? Number(patient.nhsNumber.slice(0, 9))
    : (new DataView(keyedHash(ring, `file ${patient.file}`, 4).buffer).getUint32(0) | 0x80000000) >>> 0;

const wordToNhsNumber = (word: number): NhsNumber | undefined => {
  if (word >= 1_000_000_000) return undefined;
  const nine = String(word).padStart(9, '0');
  const check = checkDigit(nine);
  return check === 10 ? undefined : (`${nine}${check}` as NhsNumber);
};

const packLocalId = (localId: string, ring: Keyring): readonly [form: number, bytes: Uint8Array] =>
  packWhole(localId) ?? [FORM.hash, keyedHash(ring, localId, 16)];

const packWhole = (localId: string): readonly [form: number, bytes: Uint8Array] | undefined => {
  const uuid = UUID.exec(localId);
  if (uuid) {
    const hex = uuid.slice(1, 6).join('');
    const suffix = pack(uuid[6] ?? '');
    const lower = hex === hex.toLowerCase();
    if (suffix && suffix.length <= LOCAL_BYTES - 16 && (lower || hex === hex.toUpperCase())) {
      return [lower ? FORM.lowerUuid : FORM.upperUuid, concat(Buffer.from(hex, 'hex'), suffix)];
    }
  }
  const packed = pack(localId);
  if (packed && packed.length <= LOCAL_BYTES) return [FORM.packed, packed];
  const bytes = utf8(localId);
  return bytes.length <= LOCAL_BYTES ? [FORM.text, bytes] : undefined;
};

const unpackLocalId = (form: number, local: Uint8Array): string => {
  if (form === FORM.text) return new TextDecoder().decode(local);
  if (form === FORM.packed) return unpack(local);
  const hex = Buffer.from(local.subarray(0, 16)).toString('hex');
  const uuid = `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
  return (form === FORM.upperUuid ? uuid.toUpperCase() : uuid) + unpack(local.subarray(16));
};

/** Six bits a character; the first byte counts characters, since trailing bits alone cannot tell `A` from nothing. */
const pack = (text: string): Uint8Array | undefined => {
  if (text === '') return new Uint8Array(0);
  const bits = [...text].map((it) => ALPHABET.indexOf(it));
  return bits.includes(-1) ? undefined : concat(Uint8Array.of(bits.length), regroup(bits, 6, 8));
};

const unpack = (bytes: Uint8Array): string =>
  bytes.length === 0
    ? ''
    : regroup(bytes.subarray(1), 8, 6)
        .slice(0, bytes[0])
        .reduce((text, six) => text + (ALPHABET[six] ?? ''), '');

const encode = (bytes: Uint8Array): string => inFhirAlphabet(Buffer.from(bytes).toString('base64url'));

/** Base64url has all of FHIR's alphabet but the last character. */
const inFhirAlphabet = (base64url: string): string => base64url.replaceAll('_', '.');

const decode = (id: string): Uint8Array | undefined => {
  const bits = [...id].map((it) => ALPHABET.indexOf(it));
  if (id.length > 64 || bits.includes(-1)) return undefined;
  const bytes = regroup(bits, 6, 8).slice(0, Math.floor((bits.length * 6) / 8));
  return encode(bytes) === id ? bytes : undefined;
};

/** Regroups bits from groups of one size into groups of another, the last filled with zeros. */
const regroup = (groups: ArrayLike<number>, from: number, to: number): Uint8Array => {
  const out = new Uint8Array(Math.ceil((groups.length * from) / to));
  let held = 0;
  let bits = 0;
  let at = 0;
  for (let index = 0; index < groups.length; index++) {
    held = (held << from) | (groups[index] ?? 0);
    bits += from;
    while (bits >= to) {
      bits -= to;
      out[at++] = (held >> bits) & ((1 << to) - 1);
    }
    held &= (1 << bits) - 1;
  }
  if (bits > 0) out[at] = (held << (to - bits)) & ((1 << to) - 1);
  return out;
};

const concat = (a: Uint8Array, b: Uint8Array): Uint8Array => {
  const out = new Uint8Array(a.length + b.length);
  out.set(a);
  out.set(b, a.length);
  return out;
};

const equal = (a: Uint8Array, b: Uint8Array): boolean =>
  a.length === b.length && a.every((byte, index) => byte === b[index]);

const attempt = <T>(action: () => T): T | undefined => {
  try {
    return action();
  } catch {
    return undefined;
  }
};
