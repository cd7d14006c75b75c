import type { Mapped, MappedResource, MappingContext, SourceRecord } from '../../src/adapter/index.ts';
import {
  conform,
  contentId,
  type FhirResource,
  type Finding,
  findingIssue,
  type Json,
  type OperationOutcomeIssue,
  type Report,
  type ResourceType,
  sourceText,
} from '../../src/fhir/index.ts';
import { codeOf, type CodeTable, idSystem } from './codes.ts';
import { readDate } from './dates.ts';
import type { Kind } from './kinds.ts';

/** Where one record is mapped: what it yields is put down here. */
export interface Desk {
  /** The local id of the resource that stands for the record itself. */
  readonly localId: string;
  readonly report: Report;
  /** Brings a draft to valid R4 and adds it to what the record yields. */
  readonly add: (localId: string, draft: Json) => void;
  /** The same for what many records of an answer name: one that was brought to R4 already is not so again. */
  readonly addShared: (localId: string, draft: Json) => void;
  /** The element at the end of a FHIRPath, `Encounter.period.start`, from a date of the source. */
  readonly when: (path: string, written: string | undefined) => Json;
  /** The element at the end of a FHIRPath from a word of the source, which stays beside a code that says it otherwise. */
  readonly code: (path: string, word: string | undefined, table: CodeTable) => Json;
  /** The same for an element that R4 requires and for which it has the code `unknown`. */
  readonly codeOrUnknown: (path: string, word: string | undefined, table: CodeTable) => Json;
  /** A reference to another record: by id where the answer holds it, else by the source's own identifier. */
  readonly link: (type: ResourceType, kind: Kind, id: string | undefined) => Json | undefined;
}

/** @returns the desk, and what lies on it in the end. */
export const createDesk = (
  { kind, id }: SourceRecord<Json>,
  context: MappingContext<Json>,
): { readonly desk: Desk; readonly mapped: () => Mapped } => {
  const resources: MappedResource[] = [];
  const issues: OperationOutcomeIssue[] = [];
  const report: Report = ({ code, path }) => issues.push(findingIssue(code, { kind, id, path }));
  const desk: Desk = {
    localId: id,
    report,
    add: (localId, draft) => resources.push({ localId, resource: conform(draft, {}, report) }),
    addShared: (localId, draft) => {
      const { resource, findings } = sharedIn(context, draft);
      findings.forEach(report);
      resources.push({ localId, resource });
    },
    when: (path, written) => (written === undefined ? {} : whenElement(path, written, report)),
    code: codeElement,
    codeOrUnknown: (path, word, table) => {
      if (word !== undefined && codeOf(word, table) !== undefined) return codeElement(path, word, table);
      report({ code: word === undefined ? 'missing-required' : 'unknown-code', path });
      return word === undefined ? { [nameOf(path)]: 'unknown' } : withText(nameOf(path), 'unknown', word);
    },
    link: (type, to, target) => {
      if (target === undefined) return undefined;
      const found = context.find(to, idPart(target)) !== undefined;
      return {
        // The subject is named even where the answer does not hold the patient: the identity gate judges by it.
        ...((found || to === 'patient') && { reference: `${type}/${idPart(target)}` }),
        ...(!found && { type, identifier: { system: idSystem(to), value: target } }),
      };
    },
  };
  return { desk, mapped: () => ({ resources, ...(issues.length > 0 && { issues }) }) };
};

interface Shared {
  readonly resource: FhirResource;
  readonly findings: readonly Finding[];
}

const sharedIn = (context: MappingContext<Json>, draft: Json): Shared => {
  const known = context.memo('community shared', () => new Map<string, Shared>());
  const content = JSON.stringify(draft);
  let shared = known.get(content);
  if (!shared) {
    const findings: Finding[] = [];
    shared = { resource: conform(draft, {}, (it) => findings.push(it)), findings };
    known.set(content, shared);
  }
  return shared;
};

/** An id as it may stand in a reference: as it is, or a hash of one with other characters. */
export const idPart = (id: string): string => (/^[A-Za-z0-9.-]{1,64}$/.test(id) ? id : contentId(id));

const nameOf = (path: string): string => path.slice(path.lastIndexOf('.') + 1);

/** An element with the source's own text beside its value. */
const withText = (name: string, value: string, text: string): Json => ({
  [name]: value,
  [`_${name}`]: { extension: [sourceText(text)] },
});

const whenElement = (path: string, written: string, report: Report): Json => {
  const name = nameOf(path);
  const { value, text } = readDate(written);
  if (text === undefined) return { [name]: value };
  report({ code: 'reduced-precision', path });
  return withText(name, value, text);
};

const codeElement = (path: string, word: string | undefined, table: CodeTable): Json => {
  if (word === undefined) return {};
  const code = codeOf(word, table);
  if (code === undefined) return { [nameOf(path)]: word };
  return sayTheSame(code, word) ? { [nameOf(path)]: code } : withText(nameOf(path), code, word);
};

/** `On hold` says `on-hold`, `F` says `female`. */
const sayTheSame = (code: string, word: string): boolean => code.startsWith(word.toLowerCase().replaceAll(' ', '-'));
