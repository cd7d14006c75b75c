/** A fenced block: its language, its text, and the line it begins at. */
export interface Block {
  readonly language: string;
  readonly text: string;
}

export const blocksOf = (page: string): readonly Block[] =>
  [...page.matchAll(/^```(\w*)\n(.*?)^```$/gms)].map(([, language = '', text = '']) => ({ language, text }));

/** A table: the words of its head, and the cells of each row. */
export interface Table {
  readonly head: string;
  readonly rows: readonly (readonly string[])[];
}

export const tablesOf = (page: string): readonly Table[] =>
  [...page.matchAll(/^(\|.*\n)\|[-| ]+\|\n((?:\|.*\n)+)/gm)].map(([, head = '', rows = '']) => ({
    head: cellsOf(head).join(' | ').trim(),
    rows: rows.trim().split('\n').map(cellsOf),
  }));

const cellsOf = (row: string): readonly string[] =>
  row
    .trim()
    .slice(1, -1)
    .split(/(?<!\\)\|/)
    .map((it) => it.trim().replaceAll('\\|', '|'));

/** What stands between single backticks, its line breaks as spaces. */
export const codesOf = (text: string): readonly string[] =>
  [...text.replace(/^```.*?^```$/gms, '').matchAll(/`([^`]+)`/g)].map(([, code = '']) => code.replace(/\s+/g, ' '));

/** The targets of links that lead to a file of the project. */
export const linksOf = (page: string): readonly string[] =>
  [...page.matchAll(/\]\(([^)#\s]+)[^)]*\)/g)].map(([, link = '']) => link).filter((it) => !/^[a-z]+:/.test(it));

/** JSON as pages show it: comments stand for what is left out. */
export const readShown = (text: string): unknown =>
  JSON.parse(
    text
      .replace(/("(?:\\.|[^"\\])*")|\/\*.*?\*\/|\/\/[^\n]*/gs, (_, written: string | undefined) => written ?? '')
      .replace(/("(?:\\.|[^"\\])*")|,(?=\s*[}\]])/g, (_, written: string | undefined) => written ?? ''),
  );

/** Where an answer is not as it is shown; undefined where it is. What is shown may be less: fields, entries, `...` in a text. */
export const differs = (shown: unknown, answer: unknown, path = ''): string | undefined => {
  if (typeof shown === 'string' && shown.includes('...')) {
    const [before = '', after = ''] = shown.split('...');
    const isSo = typeof answer === 'string' && answer.startsWith(before) && answer.endsWith(after);
    return isSo ? undefined : `${path}: ${String(answer)}`;
  }
  if (Array.isArray(shown)) {
    const left = Array.isArray(answer) ? [...(answer as unknown[])] : [];
    for (const [at, it] of shown.entries()) {
      while (left.length > 0 && differs(it, left[0]) !== undefined) left.shift();
      if (left.length === 0) return `${path}[${at}] is not there`;
      left.shift();
    }
    return undefined;
  }
  if (typeof shown === 'object' && shown !== null) {
    for (const [key, value] of Object.entries(shown)) {
      const found = differs(value, (answer as Record<string, unknown> | undefined)?.[key], `${path}.${key}`);
      if (found !== undefined) return found;
    }
    return undefined;
  }
  return shown === answer ? undefined : `${path}: ${String(answer)}`;
};
