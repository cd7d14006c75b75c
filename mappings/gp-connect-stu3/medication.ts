import { isObject, ukCoreExtension } from '../../src/fhir/index.ts';
import { add, keepAside, renamed, type TypeMapping } from './move.ts';
import { without } from './objects.ts';

export const medication: TypeMapping = {
  type: 'Medication',
  elements: {
    ingredient: renamed('ingredient', { amount: 'strength' }),
    package: (value, draft) => {
      if (isObject(value)) add(draft, 'batch', value['batch']);
      keepAside(draft, 'package', isObject(value) ? without(value, 'batch') : value);
    },
  },
  extensions: { MedicationTradeFamily: ukCoreExtension('MedicationTradeFamily') },
};
