/** A word or phrase and what it stands for; compared without case, marks and plurals. */
export type Phrases = Readonly<Record<string, string>>;

/** `oa = osteoarthritis; mi = myocardial infarction;` */
export const phrases = (written: string): Phrases => Object.fromEntries(rows(written));

/** `influenza = flu, laiv;` */
export const lists = (written: string): Readonly<Record<string, readonly string[]>> =>
  Object.fromEntries(rows(written).map(([name, words]) => [name, words.split(', ')]));

const rows = (written: string): readonly (readonly [string, string])[] =>
  written
    .split(';')
    .map((it) => it.trim().replace(/\s+/g, ' '))
    .filter((it) => it !== '')
    .map((it) => {
      const [name = '', meaning = ''] = it.split(' = ');
      return [name, meaning];
    });
