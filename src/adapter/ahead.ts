/** The most pages of one answer that are asked for beside the next one. */
export const MAX_AHEAD = 3;
