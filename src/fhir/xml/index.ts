/** FHIR XML, loaded only where it is spoken: see docs/decisions/0006-xml.md. */
export { toXml } from './write.ts';
export { fromXml } from './read.ts';
export { XML_LIMITS } from './decode.ts';
