import pino from 'pino'

export type Log = pino.Logger

/** Structured lines on standard output. What people type, their numbers and every token stay out of it. */
export function createLog(level: string): Log {
  return pino({
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    serializers: { err: safeError },
    redact: {
      paths: [
        'token',
        'secret',
        'phone',
        'text',
        'authorization',
        '*.token',
        '*.secret',
        '*.phone',
        '*.text',
      ],
      censor: '[kept out]',
    },
  })
}

/** An error's message may quote a row or a request, so only its class, code and place are logged. */
function safeError(error: unknown): object {
  if (!(error instanceof Error)) return { type: typeof error }
  const code = 'code' in error && typeof error.code === 'string' ? { code: error.code } : {}
  const place = error.stack
    ?.split('\n')
    .filter((line) => line.trimStart().startsWith('at '))
    .slice(0, 6)
    .map((line) => line.trim())
  return { type: error.name, ...code, place }
}
