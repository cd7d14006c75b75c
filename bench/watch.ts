type Method = (this: never, ...given: never[]) => unknown;

/** Counts how often methods are called that matter, whoever calls them in this process. @returns the count since it was last asked for */
export const countCalls = (
  owner: object,
  names: readonly string[],
  matters: (self: unknown, given: readonly unknown[]) => boolean,
): (() => number) => {
  const methods = owner as Record<string, Method>;
  let count = 0;
  for (const name of names) {
    const own = methods[name] as Method;
    methods[name] = function (this: never, ...given: never[]) {
      if (matters(this, given)) count += 1;
      return own.apply(this, given);
    };
  }
  return () => {
    const counted = count;
    count = 0;
    return counted;
  };
};
