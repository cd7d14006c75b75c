import type { ValueRule } from '../adapter/index.ts';
import { list } from '../fhir/index.ts';

/** The first rule that concerns a value. */
export const ruleFor = (
  rules: readonly ValueRule[] = [],
  { path, value }: { readonly path: string; readonly value: string },
): ValueRule | undefined =>
  rules.find(
    (it) => list(it.path).some((one) => pathPattern(one as string).test(path)) && (it.value?.test(value) ?? true),
  );

const patterns = new Map<string, RegExp>();

/** `*` stands for any one segment, `**` for any number. */
const pathPattern = (path: string): RegExp => {
  let pattern = patterns.get(path);
  if (!pattern) {
    const segments = path
      .split('.')
      .map((it) => it.replace(/[[\]$()+?|^]/g, '\\$&').replace(/\*\*?/g, (stars) => (stars === '**' ? '.*' : '[^.]*')));
    patterns.set(path, (pattern = new RegExp(`^${segments.join('\\.')}$`)));
  }
  return pattern;
};

/** Canonicals, types and ids of contained resources and references to them, absent reasons: structure, no clinical values. */
export const isStructure = ({ path, value }: { readonly path: string; readonly value: string }): boolean =>
  /extension\([^)]*\)\.url$/i.test(path) ||
  /extension\(data-absent-reason\)/.test(path) ||
  (/\.reference$/.test(path) && value.startsWith('#')) ||
  /\.contained\([A-Za-z]+\)\.(id|resourceType)$/.test(path) ||
  (/\.system$/.test(path) && /^(https?|urn):/.test(value)) ||
  (/\.type$/.test(path) && /^[A-Z]/.test(value));
