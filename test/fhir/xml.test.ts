import { mkdtempSync, readdirSync, readFileSync, existsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect } from 'chai';
import fc from 'fast-check';
import {
  conform,
  elementsOf,
  FaultError,
  type FhirResource,
  isObject,
  type Json,
  parseJson,
  RESOURCE_TYPES,
} from '../../src/fhir/index.ts';
import { fromXml, toXml, XML_LIMITS } from '../../src/fhir/xml/index.ts';
import { mapToBundle } from '../../src/mapping/map-files.ts';
import { loadAdapter } from '../../src/sources/load.ts';
import { notHere, ownAnswers, readAnswer, realAnswers, shortName } from '../fidelity/answers.ts';

const DIV = '<div xmlns="http://www.w3.org/1999/xhtml">';
const root = join(import.meta.dirname, '../..');

/** JSON with its keys in order and its decimals with their digits: equal texts say the same. */
const canonical = (value: unknown): string => JSON.stringify(ordered(value));
const ordered = (value: unknown): unknown =>
  Array.isArray(value)
    ? value.map(ordered)
    : isObject(value)
      ? Object.fromEntries(
          Object.entries(value)
            .sort(([a], [b]) => (a < b ? -1 : 1))
            .map(([key, it]) => [key, ordered(it)]),
        )
      : value;

const expectRoundTrip = (resource: unknown, name = ''): void => {
  for (const pretty of [false, true])
    expect(canonical(fromXml(toXml(resource as Json, { pretty }))) === canonical(resource), name).to.equal(true);
};

const patient = (inside: string, attributes = ''): string =>
  `<Patient xmlns="http://hl7.org/fhir"${attributes}>${inside}</Patient>`;

/** What reading says against a document, with the path. */
const refusal = (xml: string | Uint8Array, limits = XML_LIMITS): string => {
  try {
    fromXml(xml, limits);
  } catch (error) {
    if (error instanceof FaultError) return `${error.fault}: ${error.message} ${error.expression ?? ''}`;
    throw error;
  }
  return 'nothing';
};

describe('FHIR XML', () => {
  describe('as it is written', () => {
    it('has the shape that HL7 gives it: order of R4, one namespace on the root, XHTML on the div', () => {
      const given = parseJson(`{"resourceType":"Observation","valueQuantity":{"unit":"kg","value":80.10},
        "extension":[{"valueBoolean":true,"url":"http://x.example/a"}],"status":"final","id":"w1",
        "_status":{"id":"s","extension":[{"url":"http://x.example/b","valueCode":"c"}]},
        "code":{"text":"a < b & \\"c\\"","id":"c1"},"text":{"div":"<div xmlns=\\"http://www.w3.org/1999/xhtml\\"><p>A &amp; B<br /></p></div>","status":"generated"},
        "contained":[{"resourceType":"Patient","id":"p"}],"subject":{"reference":"#p"},
        "component":[{"code":{"text":"one"}},{"code":{"text":"two"}}]}`) as Json;
      expect(toXml(given)).to.equal(
        '<?xml version="1.0" encoding="UTF-8"?><Observation xmlns="http://hl7.org/fhir"><id value="w1"/>' +
          `<text><status value="generated"/>${DIV}<p>A &amp; B<br /></p></div></text>` +
          '<contained><Patient><id value="p"/></Patient></contained>' +
          '<extension url="http://x.example/a"><valueBoolean value="true"/></extension>' +
          '<status value="final" id="s"><extension url="http://x.example/b"><valueCode value="c"/></extension></status>' +
          '<code id="c1"><text value="a &lt; b &amp; &quot;c&quot;"/></code><subject><reference value="#p"/></subject>' +
          '<valueQuantity><value value="80.10"/><unit value="kg"/></valueQuantity>' +
          '<component><code><text value="one"/></code></component><component><code><text value="two"/></code></component>' +
          '</Observation>',
      );
    });

    it('has one element a line when it is to be read, narratives as they are', () => {
      const given = {
        resourceType: 'Bundle',
        type: 'searchset',
        entry: [
          {
            fullUrl: 'urn:x',
            resource: { resourceType: 'Patient', text: { status: 'generated', div: `${DIV}<b>x</b> y</div>` } },
          },
        ],
      };
      expect(toXml(given, { pretty: true }).split('\n')).to.deep.equal([
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<Bundle xmlns="http://hl7.org/fhir">',
        '  <type value="searchset"/>',
        '  <entry>',
        '    <fullUrl value="urn:x"/>',
        '    <resource>',
        '      <Patient>',
        '        <text>',
        '          <status value="generated"/>',
        `          ${DIV}<b>x</b> y</div>`,
        '        </text>',
        '      </Patient>',
        '    </resource>',
        '  </entry>',
        '</Bundle>',
      ]);
    });

    it('keeps line breaks and tabs of texts, which bare attributes would lose', () => {
      const given = { resourceType: 'Patient', name: [{ text: 'a\nb\r\nc\td  e' }] };
      expect(toXml(given)).to.contain('value="a&#10;b&#13;&#10;c&#9;d  e"');
      expectRoundTrip(given);
    });

    it('writes values and extensions of repeated primitives side by side', () => {
      const given = {
        resourceType: 'Patient',
        name: [{ given: ['A', null, 'C'], _given: [null, { id: 'b' }, null] }, { _given: [{ id: 'x' }, { id: 'y' }] }],
        _birthDate: { extension: [{ url: 'http://x.example', valueCode: 'q' }] },
      };
      expect(toXml(given)).to.contain('<given value="A"/><given id="b"/><given value="C"/>');
      expectRoundTrip(given);
    });

    it('puts U+FFFD where XML has no character', () => {
      const name = (family: string): Json => ({ resourceType: 'Patient', name: [{ family }] });
      expect(fromXml(toXml(name('a\u0000b\u000bc\ud800d\uffffe\u{1F600}')))).to.deep.equal(
        name('a\ufffdb\ufffdc\ufffdd\ufffde\u{1F600}'),
      );
    });

    for (const [what, given] of Object.entries({
      'a type that R4 does not have': { resourceType: 'Referral' },
      'a type that is abstract': { resourceType: 'DomainResource' },
      'an element that R4 does not have': { resourceType: 'Patient', colour: 'red' },
      'an extension of what has none': { resourceType: 'Patient', name: [{ id: 'a', _id: { id: 'b' } }] },
      'an object for a primitive': { resourceType: 'Patient', gender: { code: 'male' } },
      'a text for a data type': { resourceType: 'Patient', name: ['Ash'] },
      'several values where R4 has one': { resourceType: 'Patient', gender: ['male', 'female'] },
      'a narrative that is no XHTML': { resourceType: 'Patient', text: { status: 'generated', div: '<div>a</div>' } },
      'a narrative that is another element': {
        resourceType: 'Patient',
        text: { status: 'generated', div: `${DIV.replace('div', 'divider')}a</divider>` },
      },
      'two narratives in one': {
        resourceType: 'Patient',
        text: { status: 'generated', div: `${DIV}a</div>${DIV}b</div>` },
      },
      'a narrative that ends early': {
        resourceType: 'Patient',
        text: { status: 'generated', div: `${DIV}a</div></text><active value="true"/><text>${DIV}b</div>` },
      },
      'a narrative with an entity of HTML': {
        resourceType: 'Patient',
        text: { status: 'generated', div: `${DIV}a&nbsp;b</div>` },
      },
    })) {
      it(`is not made of ${what}`, () => {
        expect(() => toXml(given)).to.throw(TypeError);
      });
    }
  });

  describe('as it is read', () => {
    it('gives JSON its own types: numbers with their digits, booleans, arrays even of one', () => {
      const xml = `<Observation xmlns="http://hl7.org/fhir"><category><text value="x"/></category>
        <valueQuantity><value value="3.150"/></valueQuantity><component><valueInteger value="+7"/></component>
        <component><valueBoolean value="false"/></component><component><valueString value="1.0"/></component>
        <component><valueQuantity><value value="-1.20e-3"/></valueQuantity></component></Observation>`;
      expect(JSON.stringify(fromXml(xml))).to.equal(
        '{"resourceType":"Observation","category":[{"text":"x"}],"valueQuantity":{"value":3.150},"component":' +
          '[{"valueInteger":7},{"valueBoolean":false},{"valueString":"1.0"},{"valueQuantity":{"value":-1.20e-3}}]}',
      );
    });

    it('takes any prefix for the namespace, a byte order mark, a declaration and a hint at a schema', () => {
      const xml = `\uFEFF<?xml version='1.0' encoding="utf-8" standalone="yes" ?>
        <f:Patient xmlns:f="http://hl7.org/fhir" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
          xsi:schemaLocation="http://hl7.org/fhir ../fhir.xsd"><f:active value="true"/></f:Patient>`;
      const expected = { resourceType: 'Patient', active: true };
      expect(fromXml(xml)).to.deep.equal(expected);
      expect(fromXml(new TextEncoder().encode(xml))).to.deep.equal(expected);
    });

    it('reads texts as XML does: bare line breaks are spaces, references are what they name', () => {
      expect(fromXml(patient('<name><text value="a\r\nb\tc&#10;d&#x26;&lt;&quot;&apos;"/></name>'))).to.deep.equal({
        resourceType: 'Patient',
        name: [{ text: 'a b c\nd&<"\'' }],
      });
    });

    it('drops comments and keeps narratives as their authors wrote them', () => {
      const xml = patient(
        `<!-- a --><text><status value="generated"/>${DIV}<p class='x'>A &amp; <!-- > --> B<br/>\r\n<![CDATA[<&>]]></p ></div></text>`,
      );
      expect(fromXml(xml)['text']).to.deep.equal({
        status: 'generated',
        div: `${DIV}<p class='x'>A &amp;  B<br/>\n&lt;&amp;&gt;</p ></div>`,
      });
      const inherited = `<f:Patient xmlns:f="http://hl7.org/fhir" xmlns="http://www.w3.org/1999/xhtml"><f:text><div id="d">x</div></f:text></f:Patient>`;
      expect(fromXml(inherited)['text']).to.deep.equal({
        div: '<div xmlns="http://www.w3.org/1999/xhtml" id="d">x</div>',
      });
    });

    it('keeps ids and extensions of primitives where they belong', () => {
      const extension = '<extension url="u"><valueCode value="v"/></extension>';
      const xml = patient(
        `<name><given value="A"/><given id="i">${extension}</given><given value="C"/></name><birthDate value="2000">${extension}</birthDate>`,
      );
      expect(fromXml(xml)).to.deep.equal({
        resourceType: 'Patient',
        name: [
          {
            given: ['A', null, 'C'],
            _given: [null, { id: 'i', extension: [{ url: 'u', valueCode: 'v' }] }, null],
          },
        ],
        birthDate: '2000',
        _birthDate: { extension: [{ url: 'u', valueCode: 'v' }] },
      });
    });
  });

  describe('refuses what would be lost or could mean something else, and says where:', () => {
    for (const [name, [xml, expected]] of Object.entries({
      'an element that R4 does not have': [
        patient('<name><family value="a"/></name><name><colour value="red"/></name>'),
        'R4 has no such element here. Patient.name[1].colour',
      ],
      'an element of another type': [patient('<status value="final"/>'), 'R4 has no such element here. Patient.status'],
      'an element that is an attribute': [
        patient('<extension><url value="u"/></extension>'),
        'R4 has no such element here. Patient.extension[0].url',
      ],
      'an attribute that R4 does not have': [
        patient('<active value="true" since="2000"/>'),
        'R4 has no such attribute here. Patient.active.since',
      ],
      'a value on a data type': [patient('<name value="a"/>'), 'R4 has no such attribute here. Patient.name[0].value'],
      'an id as an attribute of a resource': [patient('', ' id="1"'), 'R4 has no such attribute here. Patient.id'],
      'a prefixed attribute': [
        patient('<active x:value="true" xmlns:x="http://hl7.org/fhir"/>'),
        'R4 has no such attribute here. Patient.active',
      ],
      'no namespace': ['<Patient/>', 'Elements are expected in the namespace'],
      'another namespace': ['<Patient xmlns="http://hl7.org/fhir/stu4"/>', 'Elements are expected in the namespace'],
      'an element of another namespace': [
        patient('<active xmlns="http://x.example" value="true"/>'),
        'narratives in http://www.w3.org/1999/xhtml. Patient.active',
      ],
      'a div in the namespace of FHIR': [
        patient('<text><div>x</div></text>'),
        'narratives in http://www.w3.org/1999/xhtml. Patient.text.div',
      ],
      'a narrative with a prefix': [
        patient('<text><h:div xmlns:h="http://www.w3.org/1999/xhtml">x</h:div></text>'),
        'without prefixes. Patient.text.div',
      ],
      'a narrative with foreign elements': [
        patient(`<text>${DIV}<svg xmlns="http://www.w3.org/2000/svg"/></div></text>`),
        'without prefixes. Patient.text.div',
      ],
      'no resource of R4': ['<Referral xmlns="http://hl7.org/fhir"/>', 'A resource of R4 is expected. Referral'],
      'an abstract resource': ['<Resource xmlns="http://hl7.org/fhir"/>', 'A resource of R4 is expected. Resource'],
      'a contained element that is no resource': [
        patient('<contained><active value="true"/></contained>'),
        'A resource of R4 is expected. Patient.contained[0].active',
      ],
      'two resources in one place': [
        patient('<contained><Patient/><Patient/></contained>'),
        'One resource is expected. Patient.contained[0]',
      ],
      'an empty place for a resource': [patient('<contained/>'), 'An element is never empty. Patient.contained[0]'],
      'a second value where R4 has one': [
        patient('<active value="true"/><active value="false"/>'),
        'One element of this name is expected. Patient.active',
      ],
      'a second extension of a value': [
        patient('<active id="a"/><active value="false"/>'),
        'One element of this name is expected. Patient.active',
      ],
      'an empty element': [patient('<name><period/></name>'), 'An element is never empty. Patient.name[0].period'],
      'an empty attribute': [patient('<gender value=""/>'), 'An attribute is never empty. Patient.gender'],
      'a boolean that is none': [patient('<active value="yes"/>'), 'The value is not of its type. Patient.active'],
      'an integer that is none': [
        patient('<multipleBirthInteger value="1.0"/>'),
        'The value is not of its type. Patient.multipleBirthInteger',
      ],
      'a decimal that is none': [
        '<Observation xmlns="http://hl7.org/fhir"><valueQuantity><value value="01.5"/></valueQuantity></Observation>',
        'The value is not of its type. Observation.valueQuantity.value',
      ],
      'text between elements': [patient('Ash'), 'Text is expected in attributes and narratives alone. Patient'],
      'CDATA between elements': [
        patient('<![CDATA[x]]>'),
        'Text is expected in attributes and narratives alone. Patient',
      ],
      'text in a primitive': [
        patient('<gender>male</gender>'),
        'Text is expected in attributes and narratives alone. Patient.gender',
      ],
      'a name that JavaScript knows': [patient('<__proto__ value="x"/>'), 'R4 has no such element here. Patient'],
      'another such name': [patient('<constructor/>'), 'R4 has no such element here. Patient.constructor'],
      'such a name as an attribute': [
        patient('<active __proto__="x"/>'),
        'R4 has no such attribute here. Patient.active',
      ],
      'such a name for a type': ['<constructor xmlns="http://hl7.org/fhir"/>', 'A resource of R4 is expected.'],
    } as const)) {
      it(name, () => {
        expect(refusal(xml))
          .to.match(/^invalid: /)
          .and.contain(expected);
      });
    }
  });

  describe('refuses at once, and repeats nothing of,', function () {
    this.timeout(20_000);
    const secret = 'canary-7Q';
    const file = join(mkdtempSync(join(tmpdir(), 'pcr-')), 'secret.txt');
    writeFileSync(file, secret);
    const url = pathToFileURL(file).href;
    const many = (text: string, times: number): string => text.repeat(times);
    const laughs = Array.from({ length: 9 }, (_, at) => `<!ENTITY l${at + 1} "${many(`&l${at};`, 10)}">`).join('');
    const utf16 = (text: string, endian: 'le' | 'be', mark: boolean): Uint8Array => {
      const bytes = Buffer.from(mark ? `\uFEFF${text}` : text, 'utf16le');
      return endian === 'le' ? bytes : bytes.swap16();
    };
    const named = `<name><family value="${secret}"/></name>`;
    const roomy = { ...XML_LIMITS, size: 64_000_000 };

    const corpus: Readonly<Record<string, () => string | Uint8Array>> = {
      'a document type with an external entity': () =>
        `<!DOCTYPE Patient [<!ENTITY x SYSTEM "${url}">]>${patient('<name><family value="&x;"/></name>')}`,
      'an external entity in a narrative': () =>
        `<!DOCTYPE Patient [<!ENTITY x SYSTEM "${url}">]>${patient(`<text>${DIV}&x;</div></text>`)}`,
      'an external document type': () => `<!DOCTYPE Patient SYSTEM "${url}">${patient(named)}`,
      'a document type without more': () => `<!DOCTYPE Patient>${patient(named)}`,
      'a document type after a comment': () => `<!-- x --><!DOCTYPE Patient [<!ELEMENT Patient ANY>]>${patient(named)}`,
      'a billion laughs': () =>
        `<!DOCTYPE Patient [<!ENTITY l0 "${secret}">${laughs}]>${patient('<name><family value="&l9;"/></name>')}`,
      'quadratic entities': () =>
        `<!DOCTYPE Patient [<!ENTITY a "${many('a', 100_000)}">]>${patient(`<name><family value="${many('&a;', 100_000)}"/></name>`)}`,
      'a parameter entity': () => `<!DOCTYPE Patient [<!ENTITY % p SYSTEM "${url}"> %p;]>${patient(named)}`,
      'an entity declaration alone': () => `<!ENTITY x "${secret}">${patient(named)}`,
      'an entity declaration inside': () => patient(`<!ENTITY x "${secret}">`),
      'an entity that nobody declared': () => patient(`<name><family value="&${secret};"/></name>`),
      'an entity of HTML': () => patient(`<text>${DIV}a&nbsp;${secret}</div></text>`),
      'an entity named like a property': () => patient('<name><family value="&constructor;&__proto__;"/></name>'),
      'an XInclude': () =>
        patient(`<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="${url}" parse="text"/>`),
      'an XInclude in a narrative': () =>
        patient(`<text>${DIV}<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="${url}"/></div></text>`),
      'a stylesheet': () => `<?xml-stylesheet href="${url}"?>${patient(named)}`,
      'a processing instruction inside': () => patient(`<?php ${secret} ?>${named}`),
      'a second declaration': () => `<?xml version="1.0"?><?xml version="1.0"?>${patient(named)}`,
      'XML 1.1': () => `<?xml version="1.1"?>${patient(named)}`,
      'a declared UTF-16': () => `<?xml version="1.0" encoding="UTF-16"?>${patient(named)}`,
      'a declared UTF-7': () =>
        `<?xml version="1.0" encoding="UTF-7"?>+ADw-Patient xmlns=+ACI-http://hl7.org/fhir+ACI-/+AD4-`,
      'a declared Latin 1': () => `<?xml version="1.0" encoding="ISO-8859-1"?>${patient(named)}`,
      'a declared EBCDIC': () => `<?xml version="1.0" encoding="IBM037"?>${patient(named)}`,
      'UTF-7': () => '+ADw-Patient xmlns=+ACI-http://hl7.org/fhir+ACI-/+AD4-',
      'UTF-16 with a mark': () => utf16(patient(named), 'le', true),
      'big UTF-16 with a mark': () => utf16(patient(named), 'be', true),
      'UTF-16 without a mark': () => utf16(`<?xml version="1.0"?>${patient(named)}`, 'le', false),
      'big UTF-16 without a mark': () => utf16(`<?xml version="1.0"?>${patient(named)}`, 'be', false),
      'UTF-32': () => Buffer.concat([Buffer.from([0xff, 0xfe, 0, 0]), Buffer.from(patient(named)), Buffer.alloc(8)]),
      'bytes that are no UTF-8': () => Buffer.concat([Buffer.from(patient(named)), Buffer.from([0xc3, 0x28])]),
      'an overlong UTF-8': () => Buffer.concat([Buffer.from([0xc0, 0xbc]), Buffer.from(patient(named).slice(1))]),
      'half a surrogate pair': () => patient('<name><family value="\ud800"/></name>'),
      'a reference to half of one': () => patient('<name><family value="&#xD800;"/></name>'),
      'a null byte': () => patient(`<name><family value="${secret}\0"/></name>`),
      'a reference to a null byte': () => patient('<name><family value="&#0;"/></name>'),
      'a million attributes': () => patient('', Array.from({ length: 1_000_000 }, (_, at) => ` a${at}="1"`).join('')),
      'a million namespaces': () =>
        patient('', Array.from({ length: 300_000 }, (_, at) => ` xmlns:a${at}="urn:${at}"`).join('')),
      'one attribute twice': () => patient('<active value="true" value="false"/>'),
      'a million elements': () => patient(many('<name id="a"/>', 1_000_000)),
      'deep nesting': () => `<Patient xmlns="http://hl7.org/fhir">${many('<extension url="a">', 200_000)}`,
      'deep nesting that ends': () => patient(many('<extension url="a">', 70) + many('</extension>', 70)),
      'a deep narrative': () => patient(`<text>${DIV}${many('<b>', 200_000)}${many('</b>', 200_000)}</div></text>`),
      'a huge text': () => patient(`<name><family value="${many('x', 80_000_000)}"/></name>`),
      'a huge text between elements': () => patient(many('x', 9_000_000)),
      'a huge element name': () => patient(`<${many('x', 9_000_000)}/>`),
      'a huge attribute name': () => patient(`<active ${many('x', 9_000_000)}="1"/>`),
      'a huge integer': () => patient(`<multipleBirthInteger value="1${many('0', 1_000_000)}x"/>`),
      'references without end': () => patient(`<name><family value="${many('&#', 1_000_000)}"/></name>`),
      'comments without end': () => patient(many('<!--', 1_000_000)),
      'a comment that does not end': () => `${patient(named)}<!-- ${many('-', 1_000_000)}`,
      'CDATA without end': () => patient(many('<![CDATA[', 500_000)),
      'a declaration without end': () => `<?xml version="1.0"${many(' ', 1_000_000)}`,
      'open brackets': () => many('<', 1_000_000),
      'tags that do not end': () => many('<Patient xmlns="http://hl7.org/fhir" ', 100_000),
      'an unclosed tag': () => `<Patient xmlns="http://hl7.org/fhir">${named}`,
      'tags closed crosswise': () => patient('<name><period></name></period>'),
      'two roots': () => patient(named) + patient(named),
      'something after the root': () => `${patient(named)}${secret}`,
      'something before the root': () => `${secret}${patient(named)}`,
      'white space before the declaration': () => ` <?xml version="1.0"?>${patient(named)}`,
      'a bare ampersand': () => patient(`<name><family value="${secret} & co"/></name>`),
      'an attribute without quotes': () => patient('<active value=true/>'),
      'a bracket in an attribute': () => patient('<name><family value="<"/></name>'),
      'an undeclared prefix': () => patient('<x:active value="true"/>'),
      nothing: () => '',
      'white space': () => '  \n',
      JSON: () => `{"resourceType":"Patient","name":[{"family":"${secret}"}]}`,
    };

    for (const [name, make] of Object.entries(corpus)) {
      it(name, () => {
        const xml = make();
        for (const limits of [XML_LIMITS, roomy]) {
          const start = performance.now();
          const said = refusal(xml, limits);
          expect(performance.now() - start).to.be.lessThan(15_000);
          expect(said).to.match(/^(invalid|tooLarge): [A-Z]/);
          expect(said.length).to.be.lessThan(1000);
          expect(said).to.not.contain(secret);
        }
      });
    }

    it('never throws anything but a fault, whatever bytes change on the way', () => {
      const whole = Buffer.from(
        toXml({
          resourceType: 'Patient',
          text: { status: 'generated', div: `${DIV}<p title="x">A &amp; B</p></div>` },
          contained: [{ resourceType: 'Organization', id: 'o', name: 'x' }],
          name: [{ given: ['A', 'B'], _given: [null, { id: 'b' }] }],
          multipleBirthInteger: 2,
        }),
      );
      const piece = fc.constantFrom(
        '<',
        '>',
        '/',
        '"',
        '&',
        '<!--',
        '-->',
        '<![CDATA[',
        ']]>',
        '&#',
        ';',
        '\0',
        ' ',
        'x:',
        '<?',
        '<!',
      );
      fc.assert(
        fc.property(fc.nat(whole.length), fc.nat(20), fc.oneof(piece, fc.string()), (at, cut, added) => {
          refusal(Buffer.concat([whole.subarray(0, at), Buffer.from(added), whole.subarray(at + cut)]));
        }),
        { numRuns: 3000 },
      );
    });

    it('takes time in proportion to length', () => {
      const bundle = (entries: number): string =>
        `<Bundle xmlns="http://hl7.org/fhir">${many(`<entry><resource><Patient><text>${DIV}<!-- x --><p>a</p></div></text><name><given value="A"/><given id="b"/></name></Patient></resource></entry>`, entries)}</Bundle>`;
      const took = (xml: string): number =>
        Math.min(
          ...[1, 2, 3].map(() => {
            const start = performance.now();
            fromXml(xml);
            return performance.now() - start;
          }),
        );
      took(bundle(2000));
      expect(took(bundle(24_000))).to.be.lessThan(30 * took(bundle(2000)));
    });
  });

  describe('says what JSON says, both ways:', () => {
    const examples = join(process.env['PCR_UKCORE'] ?? join(root, '../shared/ukcore'), 'package/example');
    if (!existsSync(examples)) notHere('the examples of UK Core');
    else
      it('the examples of UK Core', () => {
        const files = readdirSync(examples).filter((it) => it.endsWith('.json'));
        expect(files).to.have.length(215);
        for (const file of files) expectRoundTrip(parseJson(readFileSync(join(examples, file))), file);
      });

    it('our own definitions', () => {
      const folder = join(root, 'src/fhir/package');
      for (const file of readdirSync(folder).filter((it) => /^[A-Z]/.test(it)))
        expectRoundTrip(parseJson(readFileSync(join(folder, file))), file);
    });

    for (const { name, adapter, files } of [...ownAnswers, ...realAnswers]) {
      if (files.length === 0) continue;
      it(`what ${name} maps to`, async function () {
        this.timeout(60_000);
        const definition = (await loadAdapter(adapter))!;
        for (const file of files)
          expectRoundTrip(mapToBundle(definition, definition.split(readAnswer(file)), 'file'), shortName(file));
      });
    }

    it('whatever conform makes of anything', () => {
      fc.assert(
        fc.property(fc.constantFrom(...RESOURCE_TYPES), fc.gen(), (type, draw) => {
          const given = { ...(anyOf(type, draw, 0) as Json), resourceType: type };
          expectRoundTrip(conform(given, {}, () => undefined));
        }),
        { numRuns: 1500 },
      );
    });

    it('whatever narrative conform keeps', () => {
      const token = fc.constantFrom(
        ...['<p>', '</p>', '<b class="x">', '<b class="x" class="y">', '</b>', '</b a="b">', '<br/>', '</br/>', 'text'],
        ...['&amp;', '&nbsp;', '&#10;', '&#1;', '&#xFFFE;', '&#x1F600;', '&', ']]>', '<!-- c -->', '<![CDATA[x]]>'],
        ...['<p title="a & b">', '<p title="&lt;">', '<p xmlns="urn:x">', '<p\u00a0class="x">', '<p xml:lang="en">'],
        ...['<a href="?a=1&amp;b=2">', '</a>', '<a href="?a=1&b=2">', '\u0001', '\ud800', '>', '<?x?>', '<x:p>'],
      );
      fc.assert(
        fc.property(fc.array(token, { maxLength: 6 }), (tokens) => {
          const text = { status: 'generated', div: `${DIV}x${tokens.join('')}</div>` };
          const flag = { resourceType: 'Patient', text };
          const kept = conform(flag, {}, () => undefined) as FhirResource & { text?: { div: string } };
          if (kept.text === undefined) return;
          expect(fromXml(toXml(kept))['text']).to.deep.equal({
            ...text,
            div: text.div.toWellFormed().replaceAll('\u0001', '\ufffd'),
          });
        }),
        { numRuns: 3000 },
      );
    });
  });
});

type Draw = <T, A extends unknown[]>(arbitrary: (...args: A) => fc.Arbitrary<T>, ...args: A) => T;

/** Text that XML can hold. */
const anyText = (): fc.Arbitrary<string> =>
  fc
    .string({ unit: fc.oneof(fc.constantFrom(...'<>&"\'\n\r\t é😀]-;'), fc.string({ unit: 'binary', maxLength: 1 })) })
    .map((it) => it.replace(/[^\t\n\r -\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, ''));

/** Something like a value of a type: mostly right, often enough wrong. */
const anyOf = (type: string, draw: Draw, depth: number): unknown => {
  const elements = Object.entries(elementsOf(type) ?? {});
  if (draw(fc.nat, { max: 19 }) === 0)
    return parseJson(draw(fc.json, { noUnicodeString: true, depthSize: 'small' }).replace(/\\u00[01]./g, ''));
  if (elements.length === 0) return anyPrimitive(type, draw);
  if (type === 'Resource') return { ...(anyOf('Patient', draw, depth + 1) as Json), resourceType: 'Patient' };
  if (type === 'Narrative') return { status: 'generated', div: `${DIV}<p>x &lt; y</p></div>` };
  const out: Record<string, unknown> = {};
  if (type === 'Extension') out['url'] = 'http://x.example/a';
  for (const [name, element] of draw(fc.subarray<[string, { type: string; many?: 1 }]>, elements, {
    maxLength: Math.min(elements.length, depth > 3 ? 1 : 5),
  })) {
    if (depth > 5) break;
    const one = (): unknown => anyOf(element.type, draw, depth + 1);
    const several = (make: () => unknown): unknown =>
      element.many ? Array.from({ length: draw(fc.nat, { max: 3 }) }, make) : make();
    if (draw(fc.nat, { max: 4 }) > 0) out[name] = several(one);
    if (/^[a-z]/.test(element.type) && draw(fc.boolean))
      out[`_${name}`] = several(() => (draw(fc.boolean) ? anyOf('Element', draw, depth + 1) : null));
  }
  return out;
};

const anyPrimitive = (type: string, draw: Draw): unknown => {
  switch (type) {
    case 'boolean':
      return draw(fc.boolean);
    case 'decimal':
      return (
        parseJson(
          `[${draw(fc.constantFrom, '3.10', '1e3', '-0.50', '0', '12345678901234567890', '7', '-0')}]`,
        ) as unknown[]
      )[0];
    case 'integer':
    case 'unsignedInt':
    case 'positiveInt':
      return draw(fc.integer, { min: -3, max: 9 });
    case 'date':
    case 'dateTime':
    case 'instant':
      return draw(fc.constantFrom, '2024-02-01', '2024-02-01T10:00:00.120+01:00', '2024-02-30');
    default:
      return draw(fc.nat, { max: 2 }) === 0
        ? draw(anyText)
        : draw(fc.constantFrom, 'a', 'final', '#p', 'Patient/1', 'urn:x');
  }
};
