import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** CPU of this process in milliseconds: what others do on the machine meanwhile does not count. */
export const cpu = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};

setFlagsFromString('--expose-gc');

/** Collects garbage now, so that it is not on the account of whatever comes next. */
export const collectGarbage = runInNewContext('gc') as () => void;
