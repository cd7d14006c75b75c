import { expect } from 'chai';
import fc from 'fast-check';
import { atOnce } from '../../src/adapter/in-slices.ts';
import { type Json, parseJson, scanBundle, type ScannedBundle } from '../../src/fhir/index.ts';
import { skipValue } from '../../src/fhir/json-skip.ts';

const PATHS = ['contained', 'subject.identifier'];
const scan = (text: string | Buffer): ScannedBundle | undefined => atOnce(scanBundle(Buffer.from(text), PATHS));

/** What the parser says, or undefined where it refuses. */
const whole = (text: Buffer): Json | undefined => {
  try {
    return parseJson(text) as Json;
  } catch {
    return undefined;
  }
};

/** What a scan found is what the parser finds; of what it does not know it says nothing. */
const agrees = (text: Buffer): boolean => {
  const scanned = scan(text);
  if (!scanned) return false;
  const parsed = whole(text);
  expect(parsed, 'accepted what the parser refuses').to.not.equal(undefined);
  const resources = scanned.resources.map((it) => parseJson(it.text) as Json);
  const entries = parsed!['entry'] as readonly { resource: Json }[];
  expect(JSON.stringify({ ...scanned.head, entry: resources })).to.equal(
    JSON.stringify({ ...parsed, entry: entries.map((it) => it.resource) }),
  );
  scanned.resources.forEach(({ resourceType, id, has }, at) => {
    const resource = resources[at]!;
    expect({ resourceType, id }).to.deep.equal({ resourceType: resource['resourceType'], id: resource['id'] });
    if ('contained' in resource) expect([...has]).to.include('contained');
    const subject = resource['subject'] as Json | undefined;
    if (subject && Object.hasOwn(subject, 'identifier')) expect([...has]).to.include('subject.identifier');
  });
  return true;
};

const space = fc.constantFrom('', '', '', ' ', '\n  ', '\r\n\t');
const NAMES = ['entry', 'resource', 'resourceType', 'id', 'contained', 'subject', 'identifier', 'a"b', 'é', 'x', ''];
const words = fc.oneof(
  fc.string(),
  fc.string({ unit: 'grapheme' }),
  fc.constantFrom(...NAMES, '\\', '\u2028', '\u0007'),
);
const numbers = fc.constantFrom('0', '-0', '3.10', '1e5', '-1.5E-3', '12345678901234567890', '0.0000001', '10');

/** Values as JSON, with their spaces; strings with some of their letters as escapes. */
const string = fc.tuple(words, fc.nat(3)).map(([text, escapes]) => {
  const json = JSON.stringify(text);
  return escapes > 0 ? json : json.replace(/[a-z]/, (it) => `\\u${it.charCodeAt(0).toString(16).padStart(4, '0')}`);
});
const memberOf = (name: fc.Arbitrary<string>, value: fc.Arbitrary<string>) =>
  fc.tuple(space, name, space, space, value, space).map((it) => `${it[0]}${it[1]}${it[2]}:${it[3]}${it[4]}${it[5]}`);
const objectOf = (members: fc.Arbitrary<readonly string[]>) => members.map((it) => `{${it.join()}}`);
const { value } = fc.letrec<{ value: string }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.oneof(string, numbers, fc.constantFrom('true', 'false', 'null', '{}', '[]', '[ ]')),
    fc.array(tie('value'), { maxLength: 3 }).map((it) => `[${it.join(' ,')}]`),
    objectOf(fc.array(memberOf(string, tie('value')), { maxLength: 3 })),
  ),
}));
const other = memberOf(
  fc.constantFrom('"code"', '"contained"', '"subject"', '"value"', '"extension"', '"caf\u00e9"'),
  value,
);
const among = (needed: readonly fc.Arbitrary<string>[], others: fc.Arbitrary<string>) =>
  fc
    .tuple(fc.tuple(...needed), fc.array(others, { maxLength: 3 }))
    .chain(([first, more]) => fc.shuffledSubarray([...first, ...more], { minLength: first.length + more.length }));
const said = (name: string, text: fc.Arbitrary<string>) => memberOf(fc.constant(`"${name}"`), text);
const resource = objectOf(
  among(
    [said('resourceType', fc.constantFrom('"List"', '"Condition"')), said('id', fc.constantFrom('"a"', '"b-1"'))],
    other,
  ),
);
const entry = objectOf(among([said('resource', resource)], said('fullUrl', string)));
const bundle = objectOf(
  among(
    [
      said('resourceType', fc.constant('"Bundle"')),
      said(
        'entry',
        fc.array(entry, { maxLength: 4 }).map((it) => `[${it.join()}]`),
      ),
    ],
    said('meta', value),
  ),
);

describe('scanning a Bundle', () => {
  it('finds what the parser finds, whatever the order of names, the spaces and the escapes', () => {
    let scanned = 0;
    fc.assert(
      fc.property(space, bundle, space, (before, text, behind) => {
        if (agrees(Buffer.from(before + text + behind))) scanned += 1;
      }),
      { numRuns: 1000 },
    );
    expect(scanned).to.be.above(500);
  });

  it('never accepts what the parser refuses, nor finds other things, where bytes are changed, cut out or put in', () => {
    const edits = fc.array(
      fc.record({
        at: fc.nat(2000),
        out: fc.nat(3),
        put: fc.oneof(
          fc.constantFrom('"', '\\', '{', '}', '[', ']', ',', ':', ' ', '0', '-', 'e', '.', '\u0000', '\n'),
          fc.constantFrom('"entry":[],', '"resource":{},', '"id":"z",', '"resourceType":"X",', 'null', '\\u00'),
          fc.uint8Array({ maxLength: 2 }).map((it) => Buffer.from(it).toString('latin1')),
        ),
      }),
      { minLength: 1, maxLength: 3 },
    );
    fc.assert(
      fc.property(bundle, edits, (text, changes) => {
        let bytes = Buffer.from(text);
        for (const { at, out, put } of changes) {
          const place = at % (bytes.length + 1);
          bytes = Buffer.concat([
            bytes.subarray(0, place),
            Buffer.from(put, 'latin1'),
            bytes.subarray(Math.min(place + out, bytes.length)),
          ]);
        }
        agrees(bytes);
      }),
      { numRuns: 3000 },
    );
  });

  it('never accepts a text that ends too early', () => {
    const text = Buffer.from(
      '{"resourceType":"Bundle","entry":[{"resource":{"resourceType":"List","id":"é","a":[-1.5e3,true]}}]} ',
    );
    for (let end = 0; end < text.length - 1; end++)
      expect(scan(text.subarray(0, end)), String(end)).to.equal(undefined);
    expect(agrees(text)).to.equal(true);
  });

  const resourceText = '{"resourceType":"List","id":"1"}';
  const around = (entries: string, more = '') => `{"resourceType":"Bundle",${more}"entry":[${entries}]}`;
  for (const [what, text] of [
    ['a mark of byte order', `\ufeff${around(`{"resource":${resourceText}}`)}`],
    ['a second list of entries', `${around(`{"resource":${resourceText}}`).slice(0, -1)},"entry":[]}`],
    ['a second list whose name is escaped', `${around(`{"resource":${resourceText}}`).slice(0, -1)},"\\u0065ntry":[]}`],
    ['a second resource of an entry', around(`{"resource":${resourceText},"resource":${resourceText}}`)],
    ['a second id', around('{"resource":{"resourceType":"List","id":"1","id":"2"}}')],
    ['a second type', around('{"resource":{"resourceType":"List","resourceType":"Bundle","id":"1"}}')],
    ['a name with an escape', around('{"resource":{"resourceType":"List","\\u0069d":"1"}}')],
    ['an id with an escape', around('{"resource":{"resourceType":"List","id":"\\u0031"}}')],
    ['an id that is a number', around('{"resource":{"resourceType":"List","id":1}}')],
    ['an entry without a resource', around(`{"resource":${resourceText}},{"fullUrl":"x"}`)],
    ['an entry that is none', around(`{"resource":${resourceText}},null`)],
    ['a resource without a type', around('{"resource":{"id":"1"}}')],
    ['one resource', resourceText],
    ['a Bundle without entries', '{"resourceType":"Bundle"}'],
    [
      'deep nesting',
      around(`{"resource":{"resourceType":"List","id":"1","a":${'['.repeat(5000)}${']'.repeat(5000)}}}`),
    ],
  ] as const) {
    it(`leaves ${what} to the parser`, () => {
      expect(whole(Buffer.from(text))).to.not.equal(undefined);
      expect(scan(text)).to.equal(undefined);
    });
  }

  it('reads bytes that are no UTF-8 as the parser does', () => {
    for (const bytes of ['c3', 'e282', 'f09f98', '80ff', 'c3e2']) {
      const text = Buffer.concat([
        Buffer.from('{"resourceType":"Bundle","entry":[{"resource":{"resourceType":"List","id":"1","a":"'),
        Buffer.from(bytes, 'hex'),
        Buffer.from('"}}]}'),
      ]);
      expect(agrees(text), bytes).to.equal(true);
    }
  });
});

describe('walking over JSON', () => {
  it('accepts a value if and only if the parser does', () => {
    const accepts = (text: string): boolean => whole(Buffer.from(text)) !== undefined;
    const texts = fc.oneof(
      value,
      fc.string({ unit: fc.constantFrom(...'{}[]",:\\u0aeE+-.19 truefalsn'), maxLength: 12 }),
      fc
        .tuple(fc.constantFrom('', '-'), fc.string({ unit: fc.constantFrom(...'0123.eE+-'), maxLength: 8 }))
        .map((it) => it.join('')),
    );
    fc.assert(
      fc.property(texts, (text) => {
        const bytes = Buffer.from(text);
        expect(skipValue(bytes, 0) === bytes.length, text).to.equal(text.trim() === text && accepts(text));
      }),
      { numRuns: 5000 },
    );
  });
});
