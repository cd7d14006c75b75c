import type { SourceWarning } from '../../src/adapter/index.ts';
import { isObject, type Json, objects, type ResourceType, SYSTEM, text } from '../../src/fhir/index.ts';
import { areaOf, AREA_TYPES, LIST_WARNINGS } from './areas.ts';
import { codeOf, codings, systemOf } from './codes.ts';
import { extensionName, valueOf } from './extensions.ts';
import { rowOf } from './objects.ts';

/** The warnings on a List: their codes, in either form of the extension, with the note that explains each. */
export const listWarnings = (list: Json): readonly SourceWarning[] => {
  const said = objects(list['extension']).filter((it) => extensionName(it['url']) === 'ListWarningCode');
  if (said.length === 0) return [];
  const types = typesOf(
    codings(list['code'])
      .map((it) => areaOf(it['code']))
      .find((it) => it !== undefined),
  );
  const notes = objects(list['note']).flatMap((it) => text(it['text']) ?? []);
  return said.flatMap((extension): SourceWarning[] => {
    const value = valueOf(extension);
    const code = text(value) ?? codeOf(value);
    if (code === undefined) return [];
    const known = rowOf(LIST_WARNINGS, code);
    const display = known?.display ?? text(codings(value)[0]?.['display']);
    const own = known ? notes.filter((it) => known.note.test(it)) : [];
    const words = (own.length > 0 ? own : notes).join('\n');
    return [
      {
        system: SYSTEM.listWarning,
        code,
        ...(display !== undefined && { display }),
        ...(words !== '' && { text: words }),
        ...(known && { effect: known.effect }),
        ...types,
      },
    ];
  });
};

/** What an OperationOutcome beside the data says: that an area is disabled or a parameter not understood. */
export const outcomeWarnings = (outcome: Json): readonly SourceWarning[] =>
  objects(outcome['issue']).map((issue) => {
    const details = isObject(issue['details']) ? issue['details'] : {};
    const [coding] = codings(details);
    const code = codeOf(details) ?? text(issue['code']) ?? 'unknown';
    const display = text(coding?.['display']);
    const parameter = parameterName(issue['diagnostics']);
    const words = text(details['text']) ?? parameter;
    const system = codeOf(details) === undefined ? undefined : text(systemOf(coding?.['system'], code));
    return {
      ...(system !== undefined && { system }),
      code,
      ...(display !== undefined && { display }),
      ...(words !== undefined && { text: words }),
      effect: 'incomplete',
      ...typesOf(areaOf(parameter ?? parameterName(words?.split(/\s/)[0]?.replace(/\W/g, '')))),
    };
  });

/** The only diagnostics that are handed on: others may hold addresses, or a patient's number. */
const parameterName = (diagnostics: unknown): string | undefined =>
  typeof diagnostics === 'string' && /^include[A-Z][A-Za-z]{1,40}$/.test(diagnostics) ? diagnostics : undefined;

const typesOf = (area: ReturnType<typeof areaOf>): { readonly types?: readonly ResourceType[] } =>
  area === undefined ? {} : { types: AREA_TYPES[area] };

/** One warning for the same words, about all the types that it was said of. */
export const mergeWarnings = (warnings: readonly SourceWarning[]): readonly SourceWarning[] => {
  const merged = new Map<string, SourceWarning>();
  for (const { types, ...said } of warnings) {
    const key = JSON.stringify(said);
    const before = merged.get(key);
    const all = types &&
      (before?.types ?? (before ? undefined : [])) && [...new Set([...(before?.types ?? []), ...types])];
    merged.set(key, all ? { ...said, types: all } : said);
  }
  return [...merged.values()];
};
