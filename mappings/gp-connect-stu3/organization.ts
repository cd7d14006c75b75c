import { ukCoreExtension } from '../../src/fhir/index.ts';
import type { TypeMapping } from './move.ts';

export const organization: TypeMapping = {
  type: 'Organization',
  extensions: { MainLocation: ukCoreExtension('MainLocation') },
};
