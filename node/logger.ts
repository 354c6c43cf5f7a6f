import { destination, pino } from "pino";
import type { Logger as Pino } from "pino";

/** From the least that is written to the most. */
export const LOG_LEVELS = ["error", "warn", "info", "debug"] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** What a program reads of a line; an error goes under `err`. Nobody puts a secret here. */
export type LogFields = Readonly<Record<string, unknown>>;

/** Messages are constant, lower case, without full stop: what varies stands in the fields. */
export interface Logger {
  error(fields: LogFields, message: string): void;
  warn(fields: LogFields, message: string): void;
  info(fields: LogFields, message: string): void;
  debug(fields: LogFields, message: string): void;
  /** A logger all of whose lines carry `fields` too. */
  child(fields: LogFields): Logger;
}

const STDERR = 2;

/**
 * One JSON object a line on the standard error, times in UTC:
 *
 *     {"level":"info","time":"2026-11-22T14:03:05.120Z","peer":"baua.de","message":"connected"}
 *
 * Written synchronously, so that the line which says why the process ended is there.
 */
export function createLogger(level: LogLevel): Logger {
  const options = {
    level,
    base: null,
    messageKey: "message",
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    formatters: { level: (label: string) => ({ level: label }) },
  };
  return wrap(pino(options, destination({ fd: STDERR, sync: true })));
}

export const silentLogger: Logger = {
  error: () => undefined,
  warn: () => undefined,
  info: () => undefined,
  debug: () => undefined,
  child: () => silentLogger,
};

function wrap(log: Pino): Logger {
  return {
    error: (fields, message) => log.error(fields, message),
    warn: (fields, message) => log.warn(fields, message),
    info: (fields, message) => log.info(fields, message),
    debug: (fields, message) => log.debug(fields, message),
    child: (fields) => wrap(log.child(fields)),
  };
}
