import { elementsOf, type Json, RESOURCE_TYPES, type ResourceType } from '../../src/fhir/index.ts';
import { PLACES } from '../../src/identity/withheld.ts';

/** Stands in every value that must not be seen. */
export const SENTINEL = 'Sentinel-Lane-7';

/** A value of each data type that tells where somebody is, as full of it as it can be. */
export const TELLING: Readonly<Record<string, Json>> = {
  Address: { use: 'home', text: SENTINEL, line: [SENTINEL], city: SENTINEL, postalCode: SENTINEL },
  ContactPoint: { system: 'phone', value: SENTINEL },
  ContactDetail: { name: SENTINEL, telecom: [{ system: 'phone', value: SENTINEL }] },
  Attachment: { contentType: 'text/plain', data: Buffer.from(SENTINEL).toString('base64'), title: SENTINEL },
  Narrative: { status: 'generated', div: `<div xmlns="http://www.w3.org/1999/xhtml">${SENTINEL}</div>` },
};

const ODS = 'https://fhir.nhs.uk/Id/ods-organization-code';
/** The ways in which a reference names a place. */
const PLACE_REFERENCES: readonly Json[] = [
  ...[...PLACES].map((type) => ({ reference: `${type}/${SENTINEL}`, display: SENTINEL })),
  { type: 'Organization', display: SENTINEL },
  { identifier: { system: ODS, value: SENTINEL } },
  { display: SENTINEL },
  { reference: '#place', display: SENTINEL },
];

export interface Plant {
  readonly type: ResourceType;
  /** A resource that holds one telling value. */
  readonly resource: Json;
  readonly path: string;
}

/** How deep backbone elements are looked into: deeper than any of R4. */
const MAX_DEPTH = 5;

/** Every element of every type that can hold something telling, found by the definitions of R4 and by nothing of ours. */
export const plants = (): readonly Plant[] =>
  RESOURCE_TYPES.flatMap((type) =>
    paths(type, 0).flatMap(({ path, values }) =>
      values.map((value) => ({
        type,
        path: `${type}.${path.map((it) => it.name).join('.')}`,
        resource: {
          resourceType: type,
          id: 'a',
          contained: [{ resourceType: 'Organization', id: 'place', name: SENTINEL }],
          ...(path.reduceRight<unknown>(
            (inner, { name, many }) => ({ [name]: many ? [inner] : inner }),
            value,
          ) as Json),
        },
      })),
    ),
  );

interface Path {
  readonly path: readonly { readonly name: string; readonly many: boolean }[];
  readonly values: readonly unknown[];
}

const paths = (owner: string, depth: number): readonly Path[] =>
  Object.entries(elementsOf(owner) ?? {}).flatMap(([name, { type, many, targets }]): readonly Path[] => {
    const step = { name, many: many === 1 };
    if (TELLING[type]) return [{ path: [step], values: [TELLING[type]] }];
    if (type === 'Reference' && (!targets || targets.some((it) => PLACES.has(it))))
      return [{ path: [step], values: PLACE_REFERENCES }];
    // Backbone elements and what they hold; data types of their own are looked into once.
    const goesOn =
      depth < MAX_DEPTH && (type.includes('.') || (depth < 2 && ['Identifier', 'Annotation'].includes(type)));
    if (!goesOn) return [];
    return paths(type, depth + 1).map(({ path, values }) => ({ path: [step, ...path], values }));
  });

const ENCODED = Buffer.from(SENTINEL).toString('base64');

/** True for a text, or what becomes one, in which a planted value can be read. */
export const tells = (shown: unknown): boolean => {
  const written = typeof shown === 'string' ? shown : JSON.stringify(shown ?? '');
  return written.includes(SENTINEL) || written.includes(ENCODED);
};
