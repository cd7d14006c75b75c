/** `none`: records as they came; `link`: links beside them; `collapse`: one of each group first, the rest behind it. */
export type MergeMode = 'none' | 'link' | 'collapse';
