import { leftOver, partsOf, valueOf } from './extensions.ts';
import { add, type ExtensionMove, type TypeMapping } from './move.ts';

const language: ExtensionMove = (extension, draft) => {
  const spoken = partsOf(extension, 'language');
  if (spoken.length > 0) add(draft, 'communication', spoken.map(valueOf));
  return leftOver(extension, spoken);
};

export const practitioner: TypeMapping = {
  type: 'Practitioner',
  extensions: { NHSCommunication: language },
};
