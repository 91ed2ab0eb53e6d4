/** The part of a logger this channel needs (pino's order of arguments). Ids, codes and figures only. */
export interface Log {
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
}
