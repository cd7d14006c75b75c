/** Package entry ".": the facade as a library. */
export { type App, type AppOptions, startApp } from './app.ts';
export { type Config, ConfigError, loadConfig, parseConfig } from './platform/config.ts';
export { type Log, type LogEvents, silentLog } from './platform/log.ts';
