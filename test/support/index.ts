/** Package entry "./testing": what adapter authors and testers need. */
export { adapterContract, type ContractSubject } from './contract.ts';
export { type GoldenDialect, goldenAnswers, goldenOutput, goldenPairs } from './golden.ts';
export { startTestApp, type TestSource } from './app.ts';
export { testActor, testCall, testTools } from './call.ts';
export { dataDirectory, type RunningSource, serveSimulator } from '../../sandbox/serve.ts';
export { FAULTS, type FaultName, type SourceFault } from '../../sandbox/faults.ts';
