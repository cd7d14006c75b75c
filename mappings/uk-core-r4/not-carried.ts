import type { NotCarried } from '../../src/adapter/index.ts';

/** What this mapping leaves out on purpose. */
export const notCarried: readonly NotCarried[] = [
  {
    path: '*.fullUrl',
    why: 'The address of an entry in its Bundle: references are resolved by it, and the facade gives its own.',
  },
  {
    path: '*.resource.meta.profile',
    why: 'What another server claims; the facade claims the UK Core profile of the type.',
  },
];
